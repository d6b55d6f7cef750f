"""Renders the demonstration clip: python3 make_demo.py OUT.mp4 (24 s, 854x480, 15 fps, H.264 without B-frames).

0-8 s the belt runs; at 8 s a red gear falls off and lies on the floor until 15 s; from 17 s to 22.5 s a person walks
in behind the belt and out again; then normal operation.
"""
import math
import sys

import data
import scene as scenes

SIZE, RATE, SECONDS = (854, 480), 15, 24
SPEED, SPACING = 0.22, 0.66
PATTERN = [("red", "gear"), ("red", "gear"), ("blue", "block")]
FALL, REMOVED = 8.0, 15.0
FALL_X = 0.42  # where on the belt the part leaves it
WALK_IN, WALK_OUT = 17.0, 21.0


def base_scene():
    decor = {"floor": (0.50, 0.51, 0.52), "wall": (0.70, 0.74, 0.76), "belt": (0.14, 0.14, 0.15), "frame": (0.60, 0.64, 0.68),
             "frame_tint": 1, "wall_y": 2.7, "line": True, "line_y": -1.62, "panels": 1.2, "windows": True,
             "cabinet": 0.2, "barrel": -1.0, "barrel_rgb": (0.1, 0.25, 0.5), "sign": 1.15, "post": None, "drain": None,
             "seams": True, "light": (0.28, 0.22), "ambient": 1.0, "warmth": 0.02, "tilt": (0.12, 0.10)}
    camera = scenes.Camera(9.0, 25.0, 4.6, (0.0, -0.25, 0.62), 0.0, 1.15)
    return scenes.Scene(7, camera, decor=decor, lamp=(1.45, 0.66))


def fall_path(since):
    """Sliding over the edge, falling, one small bounce, then rest: (y, z)."""
    y = -0.95 + 0.95 * max(0.0, 1 - since / 0.9) ** 1.5
    if since < 0.35:
        return y, scenes.BELT_Z
    fall = since - 0.35
    if fall < 0.39:
        return y, max(0.0, scenes.BELT_Z - 4.905 * fall * fall)
    bounce = fall - 0.39
    return y, max(0.0, 0.55 * bounce - 4.905 * bounce * bounce) if bounce < 0.12 else 0.0


def scene_at(time):
    scene = base_scene()
    scene.belt_shift = SPEED * time
    travelled = SPEED * time
    first = math.floor((travelled + 2.6) / SPACING)
    falling = round((SPEED * FALL - FALL_X) / SPACING)  # index of the part that reaches FALL_X at the fall
    for index in range(first - 8, first + 1):
        colour, kind = PATTERN[index % 3]
        x = travelled - index * SPACING
        part = scenes.Part(kind, colour, x, 0.06 * math.sin(index * 2.1), scenes.BELT_Z, index * 0.9, 0.31)
        if index == falling and time >= FALL:
            since = time - FALL
            part.colour, part.kind = "red", "gear"
            part.y, part.z = fall_path(since)
            part.x = FALL_X + SPEED * min(since, 0.8)
            part.rot += 2.0 * min(since, 0.86)
            if time < REMOVED:
                scene.dropped.append(part)
        elif -1.85 < x < 2.6:
            if index == falling:
                part.colour, part.kind = "red", "gear"
            scene.parts.append(part)
    if WALK_IN <= time < WALK_OUT + 1.7:
        away = max(0.0, 1.5 - (time - WALK_IN)) + max(0.0, time - WALK_OUT)
        walking = away > 0
        x = -0.35 + 1.9 * away
        scene.people.append(scenes.Person(x, 0.98, math.pi / 2 if walking else 0.2, False, (0.98, 0.45, 0.05), (0.97, 0.83, 0.10),
                                          (0.13, 0.17, 0.30), time * 7 if walking else 0.6, 1.68))
    return scene


def main():
    frames = [scenes.draw(scene_at(i / RATE), *SIZE, time=i / RATE, noise=1.2)[0] for i in range(RATE * SECONDS)]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(RATE), "-i", "-"]
    data.run_ffmpeg(raw + ["-c:v", "libx264", "-preset", "slow", "-crf", "25", "-bf", "0", "-g", str(2 * RATE),
                           "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-y", sys.argv[1]],
                    b"".join(frame.tobytes() for frame in frames))


if __name__ == "__main__":
    main()
