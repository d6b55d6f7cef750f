"""FastVLM topology: trainable graph (with BatchNorm), folding to Apple's fused key names, fused inference.

`Encoder` + `Projector` + `Qwen2` are what is trained. `fold` merges BatchNorm and skip branches and yields the
tensors of the published checkpoint layout; `FusedVlm` runs exactly that layout and is used for every figure.
"""
import json
import math
import os
import struct

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

VISION = "model.vision_tower.vision_tower.model."
BN_EPS = 1e-5


# ------------------------------------------------------------------------------------------- trainable graph

class ConvBn(nn.Module):
    """Bias-free convolution and BatchNorm; `fused` returns the equivalent convolution's weight and bias."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=BN_EPS)

    def forward(self, x):
        return self.bn(self.conv(x))

    def fused(self, skip=False):
        gain = self.bn.weight / torch.sqrt(self.bn.running_var + BN_EPS)
        weight = self.conv.weight * gain[:, None, None, None]
        if skip:  # depthwise: y = x + conv(x)
            weight = weight.clone()
            weight[:, :, weight.shape[2] // 2, weight.shape[3] // 2] += 1
        return weight, self.bn.bias - self.bn.running_mean * gain


class ConvFfn(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = ConvBn(width, width, 7, groups=width)
        self.fc1 = nn.Conv2d(width, 4 * width, 1)
        self.fc2 = nn.Conv2d(4 * width, width, 1)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(self.conv(x))))


class RepMixerBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.token_mixer = ConvBn(width, width, 3, groups=width)
        self.convffn = ConvFfn(width)
        self.layer_scale = nn.Parameter(torch.full((width, 1, 1), 0.3))

    def forward(self, x):
        x = x + self.token_mixer(x)
        return x + self.layer_scale * self.convffn(x)


class ChannelNorm(nn.Module):
    """LayerNorm over the channels of an NCHW tensor."""

    def __init__(self, width):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return channel_norm(x, self.weight, self.bias)


def channel_norm(x, weight, bias):
    mean = x.mean(1, keepdim=True)
    variance = (x - mean).pow(2).mean(1, keepdim=True)
    return (x - mean) * torch.rsqrt(variance + 1e-5) * weight[:, None, None] + bias[:, None, None]


class Mhsa(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        return mhsa(x, self.qkv.weight, self.proj.weight, self.proj.bias)


def mhsa(x, qkv, proj, proj_bias, head=32):
    batch, width, height, columns = x.shape
    tokens = x.flatten(2).transpose(1, 2)
    q, k, v = F.linear(tokens, qkv).reshape(batch, -1, 3, width // head, head).permute(2, 0, 3, 1, 4)
    weights = torch.softmax((q * head ** -0.5) @ k.transpose(-2, -1), -1)
    mixed = (weights @ v).transpose(1, 2).reshape(batch, -1, width)
    return F.linear(mixed, proj, proj_bias).transpose(1, 2).reshape(batch, width, height, columns)


class AttentionBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm, self.token_mixer, self.convffn = ChannelNorm(width), Mhsa(width), ConvFfn(width)
        self.layer_scale_1 = nn.Parameter(torch.full((width, 1, 1), 0.3))
        self.layer_scale_2 = nn.Parameter(torch.full((width, 1, 1), 0.3))

    def forward(self, x):
        x = x + self.layer_scale_1 * self.token_mixer(self.norm(x))
        return x + self.layer_scale_2 * self.convffn(x)


class PatchEmbed(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.large = ConvBn(width, 2 * width, 7, 2, groups=width)
        self.point = ConvBn(2 * width, 2 * width, 1)

    def forward(self, x):
        return F.gelu(self.point(F.gelu(self.large(x))))


class PositionConv(nn.Module):
    """Conditional positional encoding: x + depthwise 7x7(x)."""

    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 7, 1, 3, groups=width)

    def forward(self, x):
        return x + self.conv(x)


class ConvExp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = ConvBn(width, 2 * width, 3, groups=width)
        self.reduce = nn.Conv2d(2 * width, width // 8, 1)
        self.expand = nn.Conv2d(width // 8, 2 * width, 1)

    def forward(self, x):
        x = self.conv(x)
        gate = torch.sigmoid(self.expand(F.relu(self.reduce(x.mean((2, 3), keepdim=True)))))
        return F.gelu(x * gate)


class Encoder(nn.Module):
    """FastViTHD at any depths and first width; returns (conv_exp features, stage-3 features)."""

    def __init__(self, depths, width):
        super().__init__()
        self.depths, self.width = tuple(depths), width
        self.stem = nn.ModuleList([ConvBn(3, width, 3, 2), ConvBn(width, width, 3, 2, groups=width), ConvBn(width, width, 1)])
        network = []
        for stage, depth in enumerate(depths):
            size = width << stage
            if stage:
                network.append(PatchEmbed(size // 2))
            if stage >= 3:
                network.append(PositionConv(size))
            block = RepMixerBlock if stage < 3 else AttentionBlock
            network.append(nn.Sequential(*[block(size) for _ in range(depth)]))
        self.network = nn.ModuleList(network)
        self.conv_exp = ConvExp(width << 4)

    def forward(self, x):
        for layer in self.stem:
            x = F.gelu(layer(x))
        for index, layer in enumerate(self.network):
            x = layer(x)
            if index == 4:
                stage3 = x
        return self.conv_exp(x), stage3


class Projector(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(inputs, hidden), nn.Linear(hidden, hidden)

    def forward(self, features):
        return self.fc2(F.gelu(self.fc1(features.flatten(2).transpose(1, 2))))


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class SelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, self.heads, self.kv_heads = config["hidden_size"], config["num_attention_heads"], config["num_key_value_heads"]
        self.head = width // self.heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, self.kv_heads * self.head)
        self.v_proj = nn.Linear(width, self.kv_heads * self.head)
        self.o_proj = nn.Linear(width, width, bias=False)

    def forward(self, x, rope, mask, cache):
        batch, length, width = x.shape
        q = apply_rope(self.q_proj(x).view(batch, length, self.heads, self.head).transpose(1, 2), rope)
        k = apply_rope(self.k_proj(x).view(batch, length, self.kv_heads, self.head).transpose(1, 2), rope)
        v = self.v_proj(x).view(batch, length, self.kv_heads, self.head).transpose(1, 2)
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        group = self.heads // self.kv_heads
        q = q.reshape(batch, self.kv_heads, group * length, self.head)
        scores = (q @ k.transpose(-2, -1)).view(batch, self.kv_heads, group, length, -1) * self.head ** -0.5
        if mask is not None:
            scores = scores + mask[:, None, None]
        weights = torch.softmax(scores, -1).view(batch, self.kv_heads, group * length, -1)
        mixed = (weights @ v).view(batch, self.heads, length, self.head)
        return self.o_proj(mixed.transpose(1, 2).reshape(batch, length, width))


def rope_table(positions, head, theta):
    frequency = theta ** (-torch.arange(0, head, 2, device=positions.device).float() / head)
    angles = positions[..., None].float() * frequency
    angles = torch.cat([angles, angles], -1)[:, None]
    return angles.cos(), angles.sin()


def apply_rope(x, rope):
    half = x.shape[-1] // 2
    turned = torch.cat([-x[..., half:], x[..., :half]], -1)
    return x * rope[0] + turned * rope[1]


class Mlp(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.gate_proj = nn.Linear(width, inner, bias=False)
        self.up_proj = nn.Linear(width, inner, bias=False)
        self.down_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config["hidden_size"]
        self.input_layernorm, self.self_attn = RmsNorm(width), SelfAttention(config)
        self.post_attention_layernorm, self.mlp = RmsNorm(width), Mlp(width, config["intermediate_size"])

    def forward(self, x, rope, mask, cache):
        x = x + self.self_attn(self.input_layernorm(x), rope, mask, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Qwen2(nn.Module):
    """Qwen2 decoder with tied embeddings; parameter names equal the checkpoint's below `model.`."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList([Layer(config) for _ in range(config["num_hidden_layers"])])
        self.norm = RmsNorm(config["hidden_size"])
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.04)

    def forward(self, embeddings, positions, mask=None, caches=None):
        """Hidden states after the final norm; multiply by the embedding matrix for logits."""
        rope = rope_table(positions, self.config["hidden_size"] // self.config["num_attention_heads"],
                          self.config["rope_theta"])
        x = embeddings
        for i, layer in enumerate(self.layers):
            x = layer(x, rope, mask, None if caches is None else caches[i])
        return self.norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.embed_tokens.weight)


# --------------------------------------------------------------------------------------------------- folding

def fold(encoder, projector, language):
    """The checkpoint in Apple's fused layout: {name: fp32 tensor}."""
    tensors = {}

    def convolution(name, pair):
        tensors[VISION + name + ".weight"], tensors[VISION + name + ".bias"] = pair

    def ffn(name, module):
        tensors[VISION + name + ".conv.conv.weight"] = module.conv.conv.weight
        for key in ("weight", "bias", "running_mean", "running_var"):
            tensors[VISION + name + ".conv.bn." + key] = getattr(module.conv.bn, key)
        convolution(name + ".fc1", (module.fc1.weight, module.fc1.bias))
        convolution(name + ".fc2", (module.fc2.weight, module.fc2.bias))

    for i, layer in enumerate(encoder.stem):
        convolution(f"patch_embed.{i}.reparam_conv", layer.fused())
    for i, layer in enumerate(encoder.network):
        if isinstance(layer, PatchEmbed):
            convolution(f"network.{i}.proj.0.lkb_reparam", layer.large.fused())
            convolution(f"network.{i}.proj.1.reparam_conv", layer.point.fused())
        elif isinstance(layer, PositionConv):
            weight = layer.conv.weight.clone()
            weight[:, 0, 3, 3] += 1
            convolution(f"network.{i}.reparam_conv", (weight, layer.conv.bias))
        else:
            for j, block in enumerate(layer):
                name = f"network.{i}.{j}."
                if isinstance(block, RepMixerBlock):
                    tensors[VISION + name + "layer_scale"] = block.layer_scale
                    convolution(name + "token_mixer.reparam_conv", block.token_mixer.fused(skip=True))
                else:
                    for key in ("layer_scale_1", "layer_scale_2"):
                        tensors[VISION + name + key] = getattr(block, key)
                    for key, value in list(block.norm.named_parameters("norm")) + list(block.token_mixer.named_parameters("token_mixer")):
                        tensors[VISION + name + key] = value
                ffn(name + "convffn", block.convffn)
    convolution("conv_exp.se.reduce", (encoder.conv_exp.reduce.weight, encoder.conv_exp.reduce.bias))
    convolution("conv_exp.se.expand", (encoder.conv_exp.expand.weight, encoder.conv_exp.expand.bias))
    convolution("conv_exp.reparam_conv", encoder.conv_exp.conv.fused())
    for index, layer in ((0, projector.fc1), (2, projector.fc2)):
        tensors[f"model.mm_projector.{index}.weight"] = layer.weight
        tensors[f"model.mm_projector.{index}.bias"] = layer.bias
    for name, value in language.named_parameters():
        tensors["model." + name] = value
    return {name: value.detach().float().cpu().contiguous() for name, value in tensors.items()}


# ----------------------------------------------------------------------------------------------- safetensors

def write_safetensors(path, tensors):
    """Store as bf16, in the given order."""
    header, blobs, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in tensors.items():
        blob = tensor.to(torch.bfloat16).view(torch.int16).numpy().tobytes()
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_safetensors(path):
    """{name: tensor}; bf16 becomes fp32."""
    with open(path, "rb") as source:
        content = source.read()
    size = struct.unpack("<Q", content[:8])[0]
    header, body = json.loads(content[8:8 + size]), content[8 + size:]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        if entry["dtype"] == "BF16":
            raw = np.frombuffer(body[begin:end], np.uint16).astype(np.uint32) << 16
            array = raw.view(np.float32)
        else:
            array = np.frombuffer(body[begin:end], {"F32": np.float32, "I64": np.int64}[entry["dtype"]]).copy()
        tensors[name] = torch.from_numpy(array.reshape(entry["shape"]))
    return tensors


# ------------------------------------------------------------------------------------------- fused inference

class FusedVlm:
    """Runs a checkpoint folder in the fused layout, for any depths and widths found in it."""

    def __init__(self, config, tensors):
        self.config, self.tensors = config, tensors
        self.vision = {name[len(VISION):]: value for name, value in tensors.items() if name.startswith(VISION)}
        self.language = Qwen2(config)
        own = self.language.state_dict()
        self.language.load_state_dict({name: tensors["model." + name] for name in own})
        self.language.eval()

    @classmethod
    def load(cls, folder):
        with open(os.path.join(folder, "config.json")) as source:
            config = json.load(source)
        return cls(config, read_safetensors(os.path.join(folder, "model.safetensors")))

    def _conv(self, x, name, stride=1, groups=1):
        weight = self.vision[name + ".weight"]
        return F.conv2d(x, weight, self.vision.get(name + ".bias"), stride, weight.shape[-1] // 2, groups=groups)

    def _ffn(self, x, name):
        x = self._conv(x, name + ".conv.conv", groups=x.shape[1])
        mean, var, weight, bias = (self.vision[f"{name}.conv.bn.{key}"] for key in ("running_mean", "running_var", "weight", "bias"))
        x = F.batch_norm(x, mean, var, weight, bias, eps=BN_EPS)
        return self._conv(F.gelu(self._conv(x, name + ".fc1")), name + ".fc2")

    def _stage(self, x, index):
        j = 0
        while f"network.{index}.{j}.convffn.fc1.weight" in self.vision:
            name = f"network.{index}.{j}"
            if f"{name}.layer_scale" in self.vision:
                x = self._conv(x, name + ".token_mixer.reparam_conv", groups=x.shape[1])
                x = x + self.vision[name + ".layer_scale"] * self._ffn(x, name + ".convffn")
            else:
                normed = channel_norm(x, self.vision[name + ".norm.weight"], self.vision[name + ".norm.bias"])
                mixed = mhsa(normed, self.vision[name + ".token_mixer.qkv.weight"],
                             self.vision[name + ".token_mixer.proj.weight"], self.vision[name + ".token_mixer.proj.bias"])
                x = x + self.vision[name + ".layer_scale_1"] * mixed
                x = x + self.vision[name + ".layer_scale_2"] * self._ffn(x, name + ".convffn")
            j += 1
        return x

    @torch.no_grad()
    def encode(self, pixels, trace=None):
        """pixels [B,3,R,R] in 0..1 -> image features [B,N,hidden]; `trace` collects intermediate tensors."""
        trace = {} if trace is None else trace
        x = F.gelu(self._conv(pixels, "patch_embed.0.reparam_conv", 2))
        x = F.gelu(self._conv(x, "patch_embed.1.reparam_conv", 2, x.shape[1]))
        x = trace["stem"] = F.gelu(self._conv(x, "patch_embed.2.reparam_conv"))
        for index in range(11):
            if index in (1, 3, 5, 8):
                x = F.gelu(self._conv(x, f"network.{index}.proj.0.lkb_reparam", 2, x.shape[1]))
                x = F.gelu(self._conv(x, f"network.{index}.proj.1.reparam_conv"))
            elif index in (6, 9):
                x = self._conv(x, f"network.{index}.reparam_conv", groups=x.shape[1])
            else:
                x = trace[f"network.{index}"] = self._stage(x, index)
        x = self._conv(x, "conv_exp.reparam_conv", groups=x.shape[1])
        gate = F.relu(self._conv(x.mean((2, 3), keepdim=True), "conv_exp.se.reduce"))
        x = trace["conv_exp"] = F.gelu(x * torch.sigmoid(self._conv(gate, "conv_exp.se.expand")))
        x = x.flatten(2).transpose(1, 2)
        x = F.gelu(F.linear(x, self.tensors["model.mm_projector.0.weight"], self.tensors["model.mm_projector.0.bias"]))
        return F.linear(x, self.tensors["model.mm_projector.2.weight"], self.tensors["model.mm_projector.2.bias"])

    @torch.no_grad()
    def generate(self, features, before, after, limit=40):
        """Greedy answers for a batch of images and one prompt (token ids before / after the image).

        Returns (list of token id lists without the end token, logits of the first generated token).
        """
        batch = features.shape[0]
        embed = self.language.embed_tokens
        x = torch.cat([embed(torch.tensor([before])).expand(batch, -1, -1), features,
                       embed(torch.tensor([after])).expand(batch, -1, -1)], 1)
        caches = [[] for _ in self.language.layers]
        length = x.shape[1]
        positions = torch.arange(length)[None]
        mask = torch.full((length, length), -math.inf).triu(1)[None]
        hidden = self.language(x, positions, mask, caches)
        logits = first = self.language.logits(hidden[:, -1])
        answers, alive = [[] for _ in range(batch)], [True] * batch
        for step in range(limit):
            tokens = logits.argmax(-1)
            for i, token in enumerate(tokens.tolist()):
                alive[i] = alive[i] and token != self.config["eos_token_id"]
                if alive[i]:
                    answers[i].append(token)
            if not any(alive):
                break
            hidden = self.language(embed(tokens)[:, None], torch.tensor([[length + step]]), None, caches)
            logits = self.language.logits(hidden[:, -1])
        return answers, first
