"""Renders training and held-out pictures in parallel into memory-mapped arrays.

Every picture takes the way a camera frame takes at run time: rendered at camera-like size and aspect ratio,
noise and blur, JPEG or real H.264 (libx264, several crf), then padded to a centred black square and scaled
to the model's input size with one of several scalers.
"""
import argparse
import io
import json
import os
import subprocess
from multiprocessing import Process

import numpy as np
from PIL import Image, ImageFilter

import scene as scenes

RESOLUTION = 192
FRAME_SIZES = [(640, 360), (480, 270), (416, 234), (416, 312), (320, 320)]
FRAME_WEIGHTS = [0.2, 0.25, 0.27, 0.18, 0.10]
RESAMPLERS = [Image.BICUBIC, Image.BICUBIC, Image.BILINEAR, Image.BOX, Image.LANCZOS]
CHUNK = 256
CLIP_SIZE, CLIP_RATE = (480, 270), 8
CLIP_TIMES = [0.0, 0.125, 2.0, 2.125]  # seconds of the frames rendered per training clip
CLIP_FRAMES = len(CLIP_TIMES)


def pad_and_resize(picture, size=RESOLUTION, resample=Image.BICUBIC):
    """The model's preprocessing: centred black square, then PIL's antialiased scaling."""
    height, width = picture.shape[:2]
    side = max(height, width)
    square = np.zeros((side, side, 3), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top:top + height, left:left + width] = picture
    return np.asarray(Image.fromarray(square).resize((size, size), resample))


def degrade(picture, rng):
    """Blur and JPEG of a cheap camera."""
    image = Image.fromarray(picture)
    if rng.random() < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.1) * picture.shape[1] / 640))
    if rng.random() < 0.35:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(rng.integers(35, 92)))
        image = Image.open(buffer)
    return np.asarray(image)


def run_ffmpeg(arguments, data=None):
    return subprocess.run(["ffmpeg", "-loglevel", "error", "-threads", "1"] + arguments, input=data,
                          stdout=subprocess.PIPE, check=True).stdout


def h264_round_trip(frames, crf, path, gop=CLIP_FRAMES):
    """Encode frames to an mp4 file and decode them again."""
    height, width = frames[0].shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
    run_ffmpeg(raw + ["-r", str(CLIP_RATE), "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-crf", str(crf), "-bf", "0",
                      "-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0", "-threads", "1", "-pix_fmt",
                      "yuv420p", "-y", path], b"".join(f.tobytes() for f in frames))
    decoded = run_ffmpeg(["-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
    return np.frombuffer(decoded, np.uint8).reshape(-1, height, width, 3)


def still(seed, rng, heldout):
    scene = scenes.sample_scene(seed, heldout)
    width, height = FRAME_SIZES[int(rng.choice(len(FRAME_SIZES), p=FRAME_WEIGHTS))]
    picture, boxes = scenes.draw(scene, width, height, noise=rng.uniform(0, 9))
    picture = pad_and_resize(degrade(picture, rng), resample=RESAMPLERS[int(rng.integers(len(RESAMPLERS)))])
    return picture, boxes, width / height, scene.labels()


def clip_samples(first_seed, number, rng, heldout, path):
    """`number` pictures decoded from one H.264 file of several short clips (two frames kept per clip)."""
    frames, truths = [], []
    for index in range((number + 1) // 2):
        clip = scenes.Clip(first_seed + index, heldout, start=0.3 + 0.1 * int(rng.integers(0, 4)))
        noise, begin = rng.uniform(0, 7), rng.uniform(0, 0.4) - 0.4
        for time in (max(0.0, begin + t) for t in CLIP_TIMES):
            scene, clear = clip.at(time)
            picture, boxes = scenes.draw(scene, *CLIP_SIZE, time=time, noise=noise)
            frames.append(picture)
            truths.append((boxes, scene.labels(), clear))
    decoded = h264_round_trip(frames, int(rng.integers(23, 39)), path)
    result = []
    for index in range((number + 1) // 2):
        clear = [i for i in range(index * CLIP_FRAMES, (index + 1) * CLIP_FRAMES) if truths[i][2]]
        for i in ([clear[0], clear[-1]] if len(clear) > 1 else []):
            boxes, labels, _ = truths[i]
            picture = pad_and_resize(decoded[i], resample=RESAMPLERS[int(rng.integers(len(RESAMPLERS)))])
            result.append((picture, boxes, CLIP_SIZE[0] / CLIP_SIZE[1], labels))
    return result[:number]


def open_arrays(folder, count, mode):
    shape_image = (count, RESOLUTION, RESOLUTION, 3)
    shape_map = (count, len(scenes.MAP_CHANNELS), scenes.MAP_SIZE, scenes.MAP_SIZE)
    return (np.memmap(os.path.join(folder, "images.u8"), np.uint8, mode, shape=shape_image),
            np.memmap(os.path.join(folder, "maps.u8"), np.uint8, mode, shape=shape_map))


def render_chunk(folder, chunk, count, base_seed, heldout, h264_share):
    images, maps = open_arrays(folder, count, "r+")
    rng = np.random.default_rng([base_seed, chunk, 9])
    first, size = chunk * CHUNK, min(CHUNK, count - chunk * CHUNK)
    from_clips = int(size * h264_share)
    path = os.path.join(folder, f"clip{os.getpid()}.mp4")
    samples = clip_samples(base_seed + 500_000_000 + first, from_clips, rng, heldout, path) if from_clips else []
    samples += [still(base_seed + first + i, rng, heldout) for i in range(size - len(samples))]
    labels = []
    for i, (picture, boxes, aspect, label) in enumerate(samples):
        images[first + i] = picture
        maps[first + i] = scenes.presence_map(boxes, aspect)
        labels.append(label)
    with open(os.path.join(folder, f"labels{chunk:05d}.tmp"), "w") as out:
        json.dump(labels, out)
    os.rename(out.name, out.name[:-3] + "json")
    if os.path.exists(path):
        os.remove(path)


def worker(folder, chunks, count, base_seed, heldout, h264_share):
    os.nice(5)
    for chunk in chunks:
        if not os.path.exists(os.path.join(folder, f"labels{chunk:05d}.json")):
            render_chunk(folder, chunk, count, base_seed, heldout, h264_share)


def render(folder, count, base_seed, heldout=False, h264_share=0.2, processes=2):
    """Render `count` pictures; finished chunks are kept, so an interrupted run continues."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "images.u8")
    if not os.path.exists(path):
        open_arrays(folder, count, "w+")
    chunks = list(range((count + CHUNK - 1) // CHUNK))
    jobs = [Process(target=worker, args=(folder, chunks[i::processes], count, base_seed, heldout, h264_share))
            for i in range(processes)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    if any(job.exitcode for job in jobs):
        raise RuntimeError("a rendering process failed; finished chunks are kept")


class Pictures:
    """A rendered folder: memory-mapped pictures and presence maps, labels by picture number."""

    def __init__(self, folder):
        size = os.path.getsize(os.path.join(folder, "images.u8")) // (RESOLUTION * RESOLUTION * 3)
        self.images, self.maps = open_arrays(folder, size, "r")
        self.labels = {}
        for name in os.listdir(folder):
            if name.startswith("labels") and name.endswith(".json"):
                with open(os.path.join(folder, name)) as source:
                    for i, label in enumerate(json.load(source)):
                        self.labels[int(name[6:11]) * CHUNK + i] = label
        self.index = np.array(sorted(self.labels), np.int64)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--count", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1_000_000)
    parser.add_argument("--heldout", action="store_true", help="viewpoints of the held-out bands")
    parser.add_argument("--h264-share", type=float, default=0.2, help="share of pictures decoded from H.264 files")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    render(arguments.folder, arguments.count, arguments.seed, arguments.heldout, arguments.h264_share, arguments.processes)


if __name__ == "__main__":
    main()
