"""Measures a checkpoint folder on held-out renders: python3 evaluate.py --model DIR [--data DIR] [--count N].

The held-out pictures come from unseen seeds and from viewpoints excluded in training; part of them are decoded from
real H.264 files. Captions are generated greedily from the saved (folded, bf16) weights; an event counts as found when
its key pattern (language.PATTERNS) occurs in the caption.
"""
import argparse
import collections
import json
import os
import tempfile
import time

import numpy as np
import torch
from PIL import Image

import data
import language
import model
import tokenizer as bpe

HELDOUT_SEED = 900_000_000
H264_SHARE = 0.4


def features_of(vlm, images, batch=32):
    chunks = []
    for start in range(0, len(images), batch):
        pixels = torch.from_numpy(images[start:start + batch].astype(np.float32) / 255).permute(0, 3, 1, 2)
        chunks.append(vlm.encode(pixels.contiguous()))
    return torch.cat(chunks)


def answers(vlm, tokens, features, prompt, batch=128):
    texts = []
    for start in range(0, len(features), batch):
        found, _ = vlm.generate(features[start:start + batch], tokens.before_image(), tokens.after_image(prompt), 48)
        texts += [tokens.decode(ids) for ids in found]
    return texts


def f1_scores(found, wanted):
    """{event: (precision, recall, F1, number of pictures with it)}."""
    result = {}
    for event in language.PATTERNS:
        tp = sum(event in f and event in w for f, w in zip(found, wanted))
        fp = sum(event in f and event not in w for f, w in zip(found, wanted))
        fn = sum(event not in f and event in w for f, w in zip(found, wanted))
        if tp + fn:
            result[event] = (tp / max(1, tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn), tp + fn)
    return result


def evaluate_captions(vlm, tokens, features, labels, prompts):
    wanted = [set(label["events"]) for label in labels]
    for prompt in prompts:
        begin = time.time()
        texts = answers(vlm, tokens, features, prompt)
        seconds = time.time() - begin
        found = [language.events_in(text) for text in texts]
        table = f1_scores(found, wanted)
        print(f"\ncaption prompt {prompt!r}: macro F1 {np.mean([row[2] for row in table.values()]):.4f}, "
              f"all events right {np.mean([f == w for f, w in zip(found, wanted)]):.4f}, "
              f"grammatical {np.mean([language.grammatical(text) for text in texts]):.4f}, "
              f"{np.mean([len(tokens.encode(text)) for text in texts]):.1f} tokens, {len(texts) / seconds:.0f} captions/s (text part)")
        for event, (precision, recall, f1, number) in table.items():
            print(f"  {event:13s} F1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}  n {number}")
        exact = [text == language.caption(label, style_of(prompt)) for text, label in zip(texts, labels)]
        print(f"  caption equal to the reference word by word: {np.mean(exact):.4f}")
        for text, label in list(zip(texts, labels))[:6]:
            print(f"    {text!r}  | truth {', '.join(label['events']) or 'normal'}, {len(label['parts'])} parts")


def style_of(prompt):
    return next(style for style, prompts in enumerate(language.CAPTION_PROMPTS) if prompt in prompts)


def evaluate_questions(vlm, tokens, features, labels, rng):
    """Yes/no accuracy on questions balanced per topic between yes and no, and exact short answers."""
    asked = collections.defaultdict(list)  # prompt -> [(picture, answer, group)]
    for topic, variants in language.QUESTIONS.items():
        sides = {True: [], False: []}
        for i, label in enumerate(labels):
            truth = language.facts(label)
            if topic in truth:
                sides[truth[topic]].append(i)
        number = min(len(sides[True]), len(sides[False]), 100)
        for value, indices in sides.items():
            for i in rng.permutation(indices)[:number]:
                prompt = variants[int(rng.integers(len(variants)))]
                asked[prompt].append((int(i), "Yes." if value else "No.", topic))
    names = {id(language.COUNT_QUESTIONS): "count", id(language.COLOUR_QUESTIONS): "colour of the dropped part",
             id(language.KIND_QUESTIONS): "kind of the dropped part", id(language.BELT_COLOUR_QUESTIONS): "colour on the belt"}
    for i, label in enumerate(labels):
        for variants, answer in language.short_questions(label):
            if id(variants) in names:
                asked[variants[int(rng.integers(len(variants)))]].append((i, answer, names[id(variants)]))
    right = collections.defaultdict(list)
    for prompt, cases in asked.items():
        texts = answers(vlm, tokens, features[[i for i, _, _ in cases]], prompt)
        for text, (_, answer, group) in zip(texts, cases):
            right[group].append(text == answer)
            if group in language.QUESTIONS:
                right["yes/no, all topics"].append(text == answer)
    print("\nquestions (exact answers)")
    for group, values in sorted(right.items()):
        print(f"  {group:28s} {np.mean(values):.4f}  n {len(values)}")


def evaluate_shipped(vlm, tokens, folder):
    """Figures on the pictures and clips that ship with the model (JPEG and mp4, 640x360)."""
    with open(os.path.join(folder, "labels.json")) as source:
        content = json.load(source)
    labels = content["pictures"]
    images = [data.pad_and_resize(np.asarray(Image.open(os.path.join(folder, label["file"])))) for label in labels]
    features = features_of(vlm, np.stack(images))
    evaluate_captions(vlm, tokens, features, labels, [language.CAPTION_PROMPTS[0][0]])
    asked, right = collections.defaultdict(list), []
    for i, label in enumerate(labels):
        for question in label["questions"]:
            if question["answer"] in ("Yes.", "No."):
                asked[question["question"]].append((i, question["answer"]))
    for prompt, cases in asked.items():
        texts = answers(vlm, tokens, features[[i for i, _ in cases]], prompt)
        right += [text == answer for text, (_, answer) in zip(texts, cases)]
    print(f"shipped pictures: yes/no accuracy {np.mean(right):.4f}, n {len(right)} (not balanced)")
    for clip in content["clips"]:
        raw = data.run_ffmpeg(["-i", os.path.join(folder, clip["file"]), "-vf", "fps=2", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        frames = np.frombuffer(raw, np.uint8).reshape(-1, 360, 640, 3)
        middle = [data.pad_and_resize(frames[min(len(frames) - 1, 2 * second["second"] + 1)]) for second in clip["seconds"]]
        texts = answers(vlm, tokens, features_of(vlm, np.stack(middle)), language.CAPTION_PROMPTS[0][0])
        print(f"{clip['file']} (begins at {clip['starts_at']} s)")
        for second, text in zip(clip["seconds"], texts):
            print(f"  {second['second']} s {text!r} | truth {', '.join(second['events']) or 'normal'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", help="rendered held-out folder; rendered anew from its seeds when absent")
    parser.add_argument("--count", type=int, default=2048)
    parser.add_argument("--shipped", help="evaluate this folder of shipped held-out pictures and clips instead")
    parser.add_argument("--all-styles", action="store_true", help="one caption prompt of each wording")
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    vlm, tokens = model.FusedVlm.load(options.model), bpe.Tokenizer.load(os.path.join(options.model, "tokenizer.json"))
    if options.shipped:
        evaluate_shipped(vlm, tokens, options.shipped)
        return
    folder = options.data or tempfile.mkdtemp()
    data.render(folder, options.count, HELDOUT_SEED, heldout=True, h264_share=H264_SHARE, processes=os.cpu_count())
    pictures = data.Pictures(folder)
    labels = [pictures.labels[i] for i in pictures.index.tolist()]
    begin = time.time()
    features = features_of(vlm, pictures.images[pictures.index])
    milliseconds = 1000 * (time.time() - begin) / len(labels)
    print(f"{len(labels)} held-out pictures ({H264_SHARE:.0%} through H.264), encoder {milliseconds:.1f} ms each")
    prompts = [prompts[0] for prompts in language.CAPTION_PROMPTS]
    evaluate_captions(vlm, tokens, features, labels, prompts if options.all_styles else prompts[:1])
    evaluate_questions(vlm, tokens, features, labels, np.random.default_rng(1))


if __name__ == "__main__":
    main()
