"""Compares the fused forward with golden tensors of the architecture: check_golden.py FOLDER."""
import math
import os
import sys

import torch

import model


def main():
    folder = sys.argv[1]
    vlm = model.FusedVlm.load(folder)
    golden = model.read_safetensors(os.path.join(folder, "expected.safetensors"))
    found = {}
    found["image_features"] = vlm.encode(golden["pixel_values"], found)
    before, after = golden["prompt_before_image"][0].tolist(), golden["prompt_after_image"][0].tolist()
    with torch.no_grad():
        embed = vlm.language.embed_tokens
        x = torch.cat([embed(torch.tensor([before])), found["image_features"][:1], embed(torch.tensor([after]))], 1)
        length = x.shape[1]
        mask = torch.full((length, length), -math.inf).triu(1)[None]
        found["logits_prefill"] = vlm.language.logits(vlm.language(x, torch.arange(length)[None], mask))
    worst = 0.0
    for name, value in found.items():
        error = float((value - golden[name]).abs().max() / golden[name].abs().max())
        worst = max(worst, error)
        print(f"{name:16s} {error:.2e} of the largest magnitude")
    tokens = golden["greedy_tokens"].tolist()
    answer = vlm.generate(found["image_features"][:1], before, after, len(tokens))[0][0]
    same = answer == tokens[:len(answer)]
    print("greedy tokens equal:", same)
    sys.exit(0 if worst < 1e-3 and same else 1)


if __name__ == "__main__":
    main()
