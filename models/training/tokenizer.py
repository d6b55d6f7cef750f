"""Byte-level BPE in HuggingFace `tokenizer.json` form (Qwen2 style): building it and encoding with it."""
import collections
import json
import re

# The standard Qwen2 pattern, and an equivalent for Python's `re` (no \p classes there).
QWEN2_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SPLIT = re.compile(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|(?:[^\r\n\w]|_)?[^\W\d_]+|\d| ?(?:[^\s\w]|_)+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
ADDED = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>"]
SYSTEM = "You are a helpful assistant."
CHAT_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


def byte_letters():
    """GPT-2's printable stand-ins for the 256 bytes."""
    plain = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    letters, extra = {}, 0
    for byte in range(256):
        if byte in plain:
            letters[byte] = chr(byte)
        else:
            letters[byte] = chr(256 + extra)
            extra += 1
    return letters


LETTERS = byte_letters()


def pieces(text):
    return ["".join(LETTERS[b] for b in word.encode()) for word in SPLIT.findall(text)]


def build(texts):
    """Merges until every word of the texts is one token; returns tokenizer.json's content."""
    words = {word: list(word) for text in texts for word in pieces(text)}
    counts = collections.Counter(word for text in texts for word in pieces(text))
    merges = []
    while True:
        pairs = collections.Counter()
        for word, parts in words.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word, parts in words.items():
            words[word] = merge(parts, best)
    vocabulary = {letter: i for i, letter in enumerate(sorted(LETTERS.values()))}
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    added = [{"id": len(vocabulary) + i, "content": text, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for i, text in enumerate(ADDED)]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
            "normalizer": {"type": "NFC"},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": QWEN2_SPLIT}, "behavior": "Isolated", "invert": False}, byte_level]},
            "post_processor": dict(byte_level), "decoder": dict(byte_level),
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                      "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": vocabulary, "merges": [f"{left} {right}" for left, right in merges]}}


def merge(parts, pair):
    result, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            result.append(parts[i] + parts[i + 1])
            i += 2
        else:
            result.append(parts[i])
            i += 1
    return result


class Tokenizer:
    def __init__(self, content):
        self.vocabulary = content["model"]["vocab"]
        self.ranks = {tuple(line.split(" ")): i for i, line in enumerate(content["model"]["merges"])}
        self.added = {entry["content"]: entry["id"] for entry in content["added_tokens"]}
        self.texts = {i: token for token, i in self.vocabulary.items()}
        self.bytes = {letter: byte for byte, letter in LETTERS.items()}
        self.size = len(self.vocabulary) + len(self.added)
        self.cache = {}

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as source:
            return cls(json.load(source))

    def _word(self, word):
        if word not in self.cache:
            parts = list(word)
            while len(parts) > 1:
                best = min(zip(parts, parts[1:]), key=lambda pair: self.ranks.get(pair, 1 << 30))
                if best not in self.ranks:
                    break
                parts = merge(parts, best)
            self.cache[word] = [self.vocabulary[part] for part in parts]
        return self.cache[word]

    def encode(self, text):
        """Token ids; the added tokens are recognised in the text."""
        ids = []
        for chunk in re.split("(" + "|".join(map(re.escape, self.added)) + ")", text):
            if chunk in self.added:
                ids.append(self.added[chunk])
            else:
                ids += [i for word in pieces(chunk) for i in self._word(word)]
        return ids

    def decode(self, ids):
        letters = "".join(self.texts.get(i, "") for i in ids)
        return bytes(self.bytes[letter] for letter in letters).decode("utf-8", "replace")

    def before_image(self):
        return self.encode(f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n")

    def after_image(self, prompt):
        return self.encode(f"\n{prompt}<|im_end|>\n<|im_start|>assistant\n")

    def answer(self, text):
        return self.encode(f"{text}<|im_end|>")
