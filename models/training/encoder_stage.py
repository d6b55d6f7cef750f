"""Stage 0: the vision encoder learns the scenes from auxiliary heads (thrown away afterwards).

Heads on the pooled conv_exp features: events, number of parts, (colour, kind) pairs on the belt, colour and kind of the
dropped part. Heads on every position: what is present there (stage-3 features and conv_exp features) and how many
belt parts lie there (conv_exp). The local heads give every later image token a meaning of its own; this
converges far faster than learning through text.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import scene as scenes

PAIRS = [(colour, kind) for colour in scenes.COLOURS for kind in scenes.KINDS]


class AuxiliaryHeads(nn.Module):
    def __init__(self, features, stage3):
        super().__init__()
        self.sizes = [len(scenes.EVENTS), 7, len(PAIRS), len(scenes.COLOURS), len(scenes.KINDS)]
        self.pooled = nn.Linear(2 * features, sum(self.sizes))
        self.cell = nn.Conv2d(features, len(scenes.MAP_CHANNELS) + 1, 1)
        self.map = nn.Sequential(nn.Conv2d(stage3, 96, 1), nn.GELU(), nn.Conv2d(96, len(scenes.MAP_CHANNELS), 1))

    def forward(self, features, stage3):
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)
        return self.pooled(pooled).split(self.sizes, 1), self.map(stage3), self.cell(features)


def targets(labels):
    """Numeric targets of one picture: events, count (-1 unknown), pairs, dropped colour and kind (-1 none)."""
    events = [name in labels["events"] for name in scenes.EVENTS]
    hidden = "lights_off" in labels["events"] or "parts_jammed" in labels["events"]
    pairs = [list(pair) in labels["parts"] for pair in PAIRS]
    colour, kind = labels["dropped"] or (None, None)
    return (np.array(events, np.float32), -1 if hidden else len(labels["parts"]), np.array(pairs, np.float32),
            scenes.COLOURS.index(colour) if colour else -1, scenes.KINDS.index(kind) if kind else -1)


def masked_cross_entropy(logits, target):
    return F.cross_entropy(logits, target, ignore_index=-1, reduction="sum") / max(1, int((target >= 0).sum()))


def loss(heads, features, stage3, batch):
    (events, count, pairs, colour, kind), found, cell = heads(features.float(), stage3.float())
    wanted = batch["map"].float()
    weight = torch.where(wanted > 0, 4.0, 1.0)
    size = cell.shape[-1]
    present = F.adaptive_max_pool2d(wanted, size)
    number = F.adaptive_avg_pool2d(wanted[:, :1], size) * (scenes.MAP_SIZE // size) ** 2
    positive = torch.where(batch["events"] > 0, 2.0, 1.0)
    return {"event": 3 * F.binary_cross_entropy_with_logits(events, batch["events"], positive),
            "count": 0.5 * masked_cross_entropy(count, batch["count"]),
            "pair": 3 * F.binary_cross_entropy_with_logits(pairs, batch["pairs"]),
            "dropped": 0.3 * (masked_cross_entropy(colour, batch["colour"]) + masked_cross_entropy(kind, batch["kind"])),
            "cell": 3 * F.binary_cross_entropy_with_logits(cell[:, :-1], present, torch.where(present > 0, 2.0, 1.0)),
            "number": 0.5 * F.mse_loss(cell[:, -1:], number),
            "map": 4 * F.binary_cross_entropy_with_logits(found, wanted, weight)}


def scores(heads, features, stage3, batch):
    """Counts of (true positive, false positive, false negative) per event, and correct/known of the choices."""
    (events, count, _, colour, kind), _, _ = heads(features.float(), stage3.float())
    found, wanted = events > 0, batch["events"] > 0.5
    result = {"tp": (found & wanted).sum(0), "fp": (found & ~wanted).sum(0), "fn": (~found & wanted).sum(0)}
    for name, logits in (("count", count), ("colour", colour), ("kind", kind)):
        known = batch[name] >= 0
        result[name] = torch.stack([(logits.argmax(1) == batch[name])[known].sum(), known.sum()])
    return result
