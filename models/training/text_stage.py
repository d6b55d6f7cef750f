"""Stages 1 and 2: projector and language model learn to caption and to answer from the encoder's features.

One picture is encoded once; several prompt-answer texts attend to its features. They share one packed sequence:
the common prefix (system text and image) once, then every text as its own segment whose positions restart after the
prefix and which sees only the prefix and itself - exactly what it would see alone at inference.
"""
import numpy as np
import torch
import torch.nn.functional as F

import language

IMAGE_TOKENS = 9  # (192 / 64) squared
IGNORED = -100


class TextPacker:
    """Callable for the feeder: labels of a batch -> padded id, position, segment, target and weight tensors."""

    def __init__(self, tokens, captions=1, closed=4, opened=1):
        self.tokens, self.counts = tokens, (captions, closed, opened)
        self.before = tokens.before_image()
        self.cache = {}

    def encoded(self, prompt, answer):
        key = (prompt, answer)
        if key not in self.cache:
            self.cache[key] = (self.tokens.after_image(prompt), self.tokens.answer(answer))
        return self.cache[key]

    def pack(self, labels, rng):
        shared = len(self.before) + IMAGE_TOKENS
        ids, positions, segments = self.before + [0] * IMAGE_TOKENS, list(range(shared)), [0] * shared
        targets, weights = [IGNORED] * shared, [0.0] * shared
        for number, text in enumerate(language.sample_texts(labels, rng, *self.counts), 1):
            prompt, answer = self.encoded(*text)
            ids += prompt + answer
            positions += range(shared, shared + len(prompt) + len(answer))
            segments += [number] * (len(prompt) + len(answer))
            targets += [IGNORED] * (len(prompt) - 1) + answer + [IGNORED]
            first = 3.0 if len(answer) <= 4 else 1.0  # the fact of a short answer is in its first token
            weights += [0.0] * (len(prompt) - 1) + [first] + [1.0] * (len(answer) - 1) + [0.0]
        return ids, positions, segments, targets, weights

    def __call__(self, labels, rng):
        rows = [self.pack(label, rng) for label in labels]
        length = max(len(row[0]) for row in rows)
        fields = {"ids": 0, "positions": 0, "segments": -1, "targets": IGNORED, "weights": 0.0}
        batch = {}
        for column, (name, filler) in enumerate(fields.items()):
            table = np.full((len(rows), length), filler, np.float32 if name == "weights" else np.int64)
            for i, row in enumerate(rows):
                table[i, :len(row[column])] = row[column]
            batch[name] = torch.from_numpy(table)
        return batch


def loss(net, features, batch):
    """Weighted next-token loss on the answers; `features` [B,N,hidden] replace the image tokens."""
    embeddings = net.embed_tokens(batch["ids"])
    start = int((batch["segments"][0] == 0).sum()) - IMAGE_TOKENS
    embeddings = torch.cat([embeddings[:, :start], features.to(embeddings.dtype), embeddings[:, start + IMAGE_TOKENS:]], 1)
    segments = batch["segments"]
    length = segments.shape[1]
    order = torch.arange(length, device=segments.device)
    visible = (order[None, :] <= order[:, None])[None] & (
        (segments[:, None, :] == 0) | (segments[:, None, :] == segments[:, :, None]))
    mask = torch.zeros(visible.shape, device=segments.device).masked_fill(~visible, -1e9)
    hidden = net(embeddings, batch["positions"], mask)
    asked = batch["targets"] != IGNORED
    losses = F.cross_entropy(net.logits(hidden[asked]).float(), batch["targets"][asked], reduction="none")
    weights = batch["weights"][asked]
    return (losses * weights).sum() / weights.sum()
