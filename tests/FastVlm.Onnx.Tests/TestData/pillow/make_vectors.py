"""Writes pillow.json: what Pillow makes of small pictures on the paths of LLaVA's and CLIP's preprocessing.

Run with Debian's python3-pil; the result is committed. The pictures follow a formula, so that only results are stored.
"""
import base64, json, math, os
from PIL import Image


def picture(width, height):
    data = bytes(
        ((x * x * 3 + y * y * 5 + x * y * 7 + c * 89) >> 2) & 255
        for y in range(height) for x in range(width) for c in range(3))
    return Image.frombytes("RGB", (width, height), data)


def pad(image, side, background):
    longest = max(image.size)
    canvas = Image.new("RGB", (longest, longest), background)
    canvas.paste(image, ((longest - image.width) // 2, (longest - image.height) // 2))
    return [canvas.resize((side, side), Image.BICUBIC)]


def crop(image, side):
    width, height = image.size
    if width <= height:
        size = (side, int(side * height / width))
    else:
        size = (int(side * width / height), side)
    resized = image.resize(size, Image.BICUBIC)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    return [resized.crop((left, top, left + side, top + side))]


def any_resolution(image, side, sizes):
    best, most, least = None, 0, math.inf
    for width, height in sizes:
        scale = min(width / image.width, height / image.height)
        kept = min(int(image.width * scale) * int(image.height * scale), image.width * image.height)
        wasted = width * height - kept
        if kept > most or (kept == most and wasted < least):
            best, most, least = (width, height), kept, wasted
    by_width, by_height = best[0] / image.width, best[1] / image.height
    if by_width < by_height:
        size = (best[0], min(math.ceil(image.height * by_width), best[1]))
    else:
        size = (min(math.ceil(image.width * by_height), best[0]), best[1])
    canvas = Image.new("RGB", best, (0, 0, 0))
    canvas.paste(image.resize(size, Image.BICUBIC), ((best[0] - size[0]) // 2, (best[1] - size[1]) // 2))
    tiles = [canvas.crop((x, y, x + side, y + side)) for y in range(0, best[1], side) for x in range(0, best[0], side)]
    return [image.resize((side, side), Image.BICUBIC)] + tiles


SIZES = [(64, 36), (36, 64), (97, 61), (20, 15), (32, 32), (1, 50), (200, 3), (640, 360), (123, 124)]
cases = []
for width, height in SIZES:
    for mode, mean in (("pad", 0.0), ("pad", 0.48), ("crop", 0.0), ("anyres", 0.0)):
        if mode == "crop" and max(width, height) > 40 * min(width, height):
            continue
        side = 32 if width == 640 else 20
        image = picture(width, height)
        grid = [(side, 2 * side), (2 * side, side), (2 * side, 2 * side)]
        if mode == "pad":
            tiles = pad(image, side, (int(mean * 255),) * 3)
        elif mode == "crop":
            tiles = crop(image, side)
        else:
            tiles = any_resolution(image, side, grid)
        cases.append({
            "width": width, "height": height, "mode": mode, "mean": mean, "side": side, "tiles": len(tiles),
            "levels": base64.b64encode(b"".join(tile.tobytes() for tile in tiles)).decode(),
        })
with open(os.path.join(os.path.dirname(__file__), "pillow.json"), "w") as out:
    json.dump(cases, out, indent=0)
    out.write("\n")
