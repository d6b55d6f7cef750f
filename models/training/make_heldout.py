"""Writes the small held-out set that ships with the model: python3 make_heldout.py OUT_DIR.

120 JPEG pictures (640x360) and two H.264 clips from unseen seeds and held-out viewpoints, with labels.json:
per picture the events, reference caption (wording of "Describe the image.") and questions with answers; per clip the
events at the middle of every second (`clear` is false while the event is just beginning).
"""
import json
import os
import sys

import numpy as np
from PIL import Image

import data
import language
import scene as scenes

SEED = 950_000_000
PICTURES, PER_EVENT, NORMAL = 120, 9, 8
SIZE = (640, 360)
CLIPS = [("part_dropped", 950_000_001), ("person", 950_000_002)]
CLIP_SECONDS, CLIP_RATE, CLIP_START = 8, 10, 3.75


def choose_scenes():
    """Scenes in seed order, skipping those whose events have had their share."""
    chosen, counts = [], dict.fromkeys(scenes.EVENTS + ["normal"], 0)
    seed = SEED
    while len(chosen) < PICTURES:
        scene = scenes.sample_scene(seed, heldout=True)
        seed += 1
        names = scene.events() or {"normal"}
        missing = [name for name in names if counts[name] < (NORMAL if name == "normal" else PER_EVENT)]
        if missing or all(count >= PER_EVENT for name, count in counts.items() if name != "normal"):
            chosen.append(scene)
            for name in names:
                counts[name] += 1
    return chosen


def picture_labels(name, scene, rng):
    labels = scene.labels()
    questions = [(question, answer) for question, answer in (
        language.yes_no(labels, topic, rng) for topic in language.facts(labels))]
    questions += [(variants[0], answer) for variants, answer in language.short_questions(labels)]
    return {"file": name, **labels, "caption": language.caption(labels, 0),
            "questions": [{"question": question, "answer": answer} for question, answer in questions]}


def write_clip(folder, kind, seed):
    clip = scenes.Clip(seed, heldout=True, kind=kind, start=CLIP_START)
    name = f"clip_{kind}.mp4"
    frames, seconds = [], []
    for i in range(CLIP_SECONDS * CLIP_RATE):
        scene, clear = clip.at(i / CLIP_RATE)
        frames.append(scenes.draw(scene, *SIZE, time=i / CLIP_RATE, noise=1.5)[0])
        if i % CLIP_RATE == CLIP_RATE // 2:
            labels = scene.labels()
            seconds.append({"second": i // CLIP_RATE, "events": labels["events"], "parts": len(labels["parts"]), "clear": clear})
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(CLIP_RATE), "-i", "-"]
    data.run_ffmpeg(raw + ["-c:v", "libx264", "-preset", "slow", "-crf", "28", "-bf", "0", "-g", str(CLIP_RATE), "-pix_fmt",
                           "yuv420p", "-movflags", "+faststart", "-y", os.path.join(folder, name)],
                    b"".join(frame.tobytes() for frame in frames))
    return {"file": name, "event": kind, "starts_at": CLIP_START, "seconds": seconds}


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(SEED)
    pictures = []
    for i, scene in enumerate(choose_scenes()):
        name = f"{i:03d}.jpg"
        picture, _ = scenes.draw(scene, *SIZE, noise=rng.uniform(0, 1.0))
        Image.fromarray(picture).save(os.path.join(folder, name), quality=70, subsampling="4:2:0", optimize=True)
        pictures.append(picture_labels(name, scene, rng))
    clips = [write_clip(folder, kind, seed) for kind, seed in CLIPS]
    with open(os.path.join(folder, "labels.json"), "w") as out:
        rows = ",\n".join(json.dumps(row) for row in pictures)
        out.write('{"pictures": [\n' + rows + '\n],\n"clips": ' + json.dumps(clips) + "}\n")


if __name__ == "__main__":
    main()
