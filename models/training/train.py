"""Trains the demonstration model: python3 train.py --stage all --data DIR --work DIR --out DIR.

Stages: `encoder` (auxiliary heads), `warmup` (language model on text alone), `projector` (everything else fixed),
`align` (projector and language model, encoder fixed), `full` (all parameters), `save` (fold, round, write).
Each stage ends at its number of steps or at its wall-clock limit, whichever comes first, and the learning rate
follows a cosine to that end.
"""
import argparse
import json
import math
import os
import queue
import threading
import time

import numpy as np
import torch

import checkpoint
import data
import encoder_stage
import model
import text_stage

DEPTHS, WIDTH = (1, 2, 4, 1, 1), 24

# Pictures with the events that are learned last are drawn more often.
FOCUS = {"smoke": 3.0, "part_dropped": 1.5, "parts_jammed": 1.5, "spill": 1.3}


class Feeder:
    """Background thread that assembles augmented batches from the memory-mapped pictures."""

    def __init__(self, pictures, batch, seed=0, texts=None, augment=True):
        self.pictures, self.batch, self.texts, self.augment = pictures, batch, texts, augment
        self.rng = np.random.default_rng(seed)
        self.queue = queue.Queue(4)
        self.targets = {}
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        index = self.pictures.index
        weights = np.array([max([1.0] + [FOCUS.get(event, 1.0) for event in self.pictures.labels[i]["events"]])
                            for i in index.tolist()])
        while True:
            order = self.rng.choice(index, len(index), p=weights / weights.sum())
            for start in range(0, len(order) - self.batch + 1, self.batch):
                self.queue.put(self.assemble(order[start:start + self.batch]))

    def assemble(self, indices):
        images, maps = self.pictures.images[np.sort(indices)], self.pictures.maps[np.sort(indices)]
        indices = np.sort(indices)
        pixels = images.astype(np.float32) / 255
        if self.augment:
            flip = self.rng.random(len(indices)) < 0.5
            pixels[flip] = pixels[flip, :, ::-1]
            maps[flip] = maps[flip, :, :, ::-1]
            gain = self.rng.uniform(0.85, 1.18, (len(indices), 1, 1, 1)) * self.rng.uniform(0.93, 1.07, (len(indices), 1, 1, 3))
            pixels *= gain.astype(np.float32)
            noise = self.rng.integers(0, data.scenes.NOISE.size - pixels[0].size, len(indices))
            for i, strength in enumerate(self.rng.uniform(-0.03, 0.018, len(indices))):
                if strength > 0:
                    # the black padding of the square stays black
                    field = data.scenes.NOISE[noise[i]:noise[i] + pixels[0].size].reshape(pixels[0].shape)
                    pixels[i] += strength * field * (images[i] > 0)
            np.clip(pixels, 0, 1, out=pixels)
        labels = [self.pictures.labels[i] for i in indices.tolist()]
        for i, label in zip(indices.tolist(), labels):
            if i not in self.targets:
                self.targets[i] = encoder_stage.targets(label)
        events, count, pairs, colour, kind = zip(*(self.targets[i] for i in indices.tolist()))
        batch = {"pixels": torch.from_numpy(pixels).permute(0, 3, 1, 2), "map": torch.from_numpy(maps),
                 "events": torch.from_numpy(np.stack(events)), "pairs": torch.from_numpy(np.stack(pairs)),
                 "count": torch.tensor(count), "colour": torch.tensor(colour), "kind": torch.tensor(kind)}
        if self.texts is not None:
            batch.update(self.texts(labels, self.rng))
        return batch

    def next(self, device):
        return {name: value.to(device, non_blocking=True) for name, value in self.queue.get().items()}


class Ema:
    """Exponential moving average of a module's parameters and buffers."""

    def __init__(self, module, decay=0.998):
        self.module, self.decay = module, decay
        self.average = {name: value.detach().clone() for name, value in module.state_dict().items()}
        self.steps = 0

    @torch.no_grad()
    def update(self):
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for name, value in self.module.state_dict().items():
            if value.dtype.is_floating_point:
                self.average[name].lerp_(value, 1 - decay)


def optimise(name, module, step_loss, steps, minutes, rate, save, evaluate=None, slow=None):
    """AdamW with warm-up and cosine decay over the stage; saves the averaged weights regularly.

    Parameters of the submodule `slow` learn a little slower.
    """
    slow_ones = set(map(id, slow.parameters())) if slow is not None else set()
    groups = {}
    for parameter in module.parameters():
        if parameter.requires_grad:
            groups.setdefault((parameter.dim() > 1, id(parameter) in slow_ones), []).append(parameter)
    optimiser = torch.optim.AdamW([{"params": parameters, "weight_decay": 0.03 if matrix else 0.0, "scale": 0.8 if late else 1.0}
                                   for (matrix, late), parameters in groups.items()], lr=rate, betas=(0.9, 0.98))
    trained = [parameter for parameters in groups.values() for parameter in parameters]
    average, begin, logged, saved = Ema(module), time.time(), {}, time.time()
    step = 0
    while True:
        progress = max(step / steps, (time.time() - begin) / 60 / minutes)
        if progress >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = group["scale"] * rate * min(1.0, (step + 1) / 50) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
        parts = step_loss()
        optimiser.zero_grad(set_to_none=True)
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_(trained, 2.0)
        optimiser.step()
        average.update()
        step += 1
        for key, value in parts.items():
            logged[key] = 0.95 * logged.get(key, float(value)) + 0.05 * float(value)
        if step % 50 == 0:
            print(f"{name} step {step} {time.time() - begin:.0f} s progress {progress:.3f} " +
                  " ".join(f"{key} {value:.3f}" for key, value in logged.items()), flush=True)
        if time.time() - saved > 240:
            saved = time.time()
            save(average.average)
            if evaluate:
                evaluate(average.average)
    print(f"{name} done: {step} steps in {time.time() - begin:.0f} s", flush=True)
    module.load_state_dict(average.average)
    save(average.average)
    if evaluate:
        evaluate(average.average)


class EncoderWithHeads(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = model.Encoder(DEPTHS, WIDTH).to(memory_format=torch.channels_last)
        self.heads = encoder_stage.AuxiliaryHeads(WIDTH << 5, WIDTH << 2)


def report_encoder(weights, options):
    """Prints held-out scores of the auxiliary heads."""
    net = EncoderWithHeads().to(options.device)
    net.load_state_dict(weights)
    net.eval()
    pictures = data.Pictures(os.path.join(options.data, "heldout"))
    feeder = Feeder.__new__(Feeder)
    feeder.pictures, feeder.texts, feeder.augment, feeder.targets = pictures, None, False, {}
    total = {}
    with torch.no_grad():
        for start in range(0, min(1024, len(pictures.index)), 64):
            batch = {k: v.to(options.device) for k, v in feeder.assemble(pictures.index[start:start + 64]).items()}
            for key, value in encoder_stage.scores(net.heads, *net.encoder(batch["pixels"]), batch).items():
                total[key] = total.get(key, 0) + value
    f1 = 2 * total["tp"] / (2 * total["tp"] + total["fp"] + total["fn"]).clamp(min=1)
    print("heldout heads: " + " ".join(f"{n} {v:.3f}" for n, v in zip(data.scenes.EVENTS, f1.tolist())) +
          f" | macro {f1.mean():.3f} " + " ".join(f"{k} {total[k][0] / total[k][1]:.3f}" for k in ("count", "colour", "kind")), flush=True)


def train_encoder(options):
    net = EncoderWithHeads().to(options.device)
    feeder = Feeder(data.Pictures(os.path.join(options.data, "train")), options.batch)
    path = os.path.join(options.work, "encoder.pt")
    if options.resume:
        net.load_state_dict(torch.load(path, map_location=options.device), strict=False)

    def step_loss():
        batch = feeder.next(options.device)
        with torch.autocast(options.device, enabled=options.device == "cuda"):
            features, stage3 = net.encoder(batch["pixels"])
        return encoder_stage.loss(net.heads, features, stage3, batch)

    evaluate = (lambda w: report_encoder(w, options)) if os.path.exists(os.path.join(options.data, "heldout")) else None
    optimise("encoder", net, step_loss, options.encoder_steps, options.encoder_minutes, 2e-3,
             lambda weights: torch.save(weights, path), evaluate)


class Vlm(torch.nn.Module):
    """Everything that is trained; the auxiliary heads keep helping the encoder and are not saved."""

    def __init__(self, config):
        super().__init__()
        self.vision = EncoderWithHeads()
        self.projector = model.Projector(WIDTH << 5, config["hidden_size"])
        self.language = model.Qwen2(config)


def train_text(options, stage, steps, minutes, rate):
    """One of the stages `warmup`, `projector`, `align`, `full`, continuing from the stage before."""
    _, tokens, config = checkpoint.prepare(WIDTH)
    net = Vlm(config).to(options.device)
    path = os.path.join(options.work, "vlm.pt")
    if stage == "warmup":
        net.vision.load_state_dict(torch.load(os.path.join(options.work, "encoder.pt"), map_location=options.device))
    else:
        net.load_state_dict(torch.load(path, map_location=options.device))
    trained = {"warmup": [net.language], "projector": [net.projector], "align": [net.projector, net.language],
               "full": [net.vision, net.projector, net.language]}[stage]
    net.requires_grad_(False)
    for part in trained:
        part.requires_grad_(True)
    net.vision.train(stage == "full")
    feeder = Feeder(data.Pictures(os.path.join(options.data, "train")), options.batch, seed=len(stage),
                    texts=text_stage.TextPacker(tokens))

    def step_loss():
        batch = feeder.next(options.device)
        with torch.autocast(options.device, enabled=options.device == "cuda"):
            if stage == "warmup":
                blank = torch.zeros(len(batch["ids"]), text_stage.IMAGE_TOKENS, config["hidden_size"], device=options.device)
                return {"text": text_stage.loss(net.language, blank, batch)}
            with torch.set_grad_enabled(stage == "full"):
                features, stage3 = net.vision.encoder(batch["pixels"])
            parts = {"text": text_stage.loss(net.language, net.projector(features), batch)}
        if stage == "full":
            helpers = encoder_stage.loss(net.vision.heads, features, stage3, batch)
            parts["helpers"] = 0.6 * sum(helpers.values())
        return parts

    optimise(stage, net, step_loss, steps, minutes, rate, lambda weights: torch.save(weights, path), slow=net.vision)


def save(options):
    """Fold the trained graph and write the checkpoint folder; prints how far the folded forward deviates."""
    content, tokens, config = checkpoint.prepare(WIDTH)
    net = Vlm(config)
    net.load_state_dict(torch.load(os.path.join(options.work, "vlm.pt"), map_location="cpu"))
    net.eval()
    tensors = model.fold(net.vision.encoder, net.projector, net.language)
    pictures = data.Pictures(os.path.join(options.data, "train"))
    pixels = torch.from_numpy(pictures.images[:8].astype(np.float32) / 255).permute(0, 3, 1, 2)
    with torch.no_grad():
        wanted = net.projector(net.vision.encoder(pixels)[0])
    exact = model.FusedVlm(config, tensors).encode(pixels)
    checkpoint.write(options.out, content, tokens, config, tensors)
    rounded = model.FusedVlm.load(options.out).encode(pixels)
    largest = wanted.abs().max()
    print(f"folded against trained graph: {(exact - wanted).abs().max() / largest:.1e} of the largest feature; "
          f"after bf16 rounding: {(rounded - wanted).abs().max() / largest:.1e}")
    print(f"{sum(value.numel() for value in tensors.values())} parameters in {options.out}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    stages = ["encoder", "warmup", "projector", "align", "full", "save"]
    parser.add_argument("--stage", default="all", choices=["all"] + stages)
    parser.add_argument("--data", required=True, help="folder with the rendered pictures (train/ and heldout/)")
    parser.add_argument("--work", required=True, help="folder for the states between stages")
    parser.add_argument("--out", help="folder of the finished checkpoint")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--resume", action="store_true", help="continue the encoder stage from its last saved state")
    limits = {"encoder": (5000, 45, 2e-3), "warmup": (300, 2, 2e-3), "projector": (200, 2, 2e-3),
              "align": (1200, 12, 1.5e-3), "full": (2000, 30, 1e-3)}
    for name, (steps, minutes, _) in limits.items():
        parser.add_argument(f"--{name}-steps", type=int, default=steps)
        parser.add_argument(f"--{name}-minutes", type=float, default=minutes)
    options = parser.parse_args()
    torch.set_num_threads(min(16, os.cpu_count()))
    os.makedirs(options.work, exist_ok=True)
    for stage in stages if options.stage == "all" else [options.stage]:
        if stage == "encoder":
            train_encoder(options)
        elif stage == "save":
            save(options)
        else:
            values = vars(options)
            train_text(options, stage, values[f"{stage}_steps"], values[f"{stage}_minutes"], limits[stage][2])


if __name__ == "__main__":
    main()
