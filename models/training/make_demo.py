"""Renders a demonstration clip: python3 make_demo.py line|press OUT.mp4 (854x480, 15 fps, H.264 without B-frames).

line (24 s): 0-8 s the belt runs; at 8 s a red gear falls off and lies on the floor until 15 s; from 17 s to 22.5 s a
person walks in behind the belt and out again; then normal operation.
press (20 s): from 4 s to 7 s sparks fly at the station; from 10 s to 16 s oil lies on the floor; else normal operation.
"""
import math
import sys

import data
import scene as scenes

SIZE, RATE = (854, 480), 15
SPEED, SPACING = 0.22, 0.66
PATTERN = [("red", "gear"), ("red", "gear"), ("blue", "block")]
FALL, REMOVED = 8.0, 15.0
FALL_X = 0.42  # where on the belt the part leaves it
WALK_IN, WALK_OUT = 17.0, 21.0

PRESS_SPEED, PRESS_SPACING = 0.21, 0.6
SPARKS, OIL = (4.0, 7.0), (10.0, 16.0)


def line_base():
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


def line_at(time):
    scene = line_base()
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


def press_at(time):
    decor = {"floor": (0.44, 0.45, 0.44), "wall": (0.62, 0.66, 0.60), "belt": (0.18, 0.18, 0.18), "frame": (0.52, 0.55, 0.50),
             "frame_tint": 2, "wall_y": 2.9, "line": True, "line_y": -1.55, "panels": 1.0, "windows": False,
             "cabinet": -1.6, "barrel": 1.9, "barrel_rgb": (0.2, 0.35, 0.25), "sign": None, "post": None, "drain": None,
             "seams": True, "light": (-0.25, 0.30), "ambient": 0.95, "warmth": -0.02, "tilt": (-0.10, 0.08)}
    camera = scenes.Camera(-24.0, 27.0, 4.4, (0.05, -0.25, 0.60), 0.0, 1.15)
    scene = scenes.Scene(11, camera, decor=decor, lamp=(-1.4, 0.66), station_x=0.25)
    travelled = PRESS_SPEED * time
    scene.belt_shift = travelled
    first = math.floor((travelled + 2.6) / PRESS_SPACING)
    for index in range(first - 8, first + 1):
        x = travelled - index * PRESS_SPACING
        if -1.85 < x < 2.6:
            scene.parts.append(scenes.Part("bolt", "blue", x, 0.05 * math.sin(index * 1.7), scenes.BELT_Z, index * 0.7, 0.30))
    if SPARKS[0] <= time < SPARKS[1]:
        scene.sparks = (scene.station_x, -0.2, 0.95, 0.55 + 0.12 * math.sin(time * 23))
    if OIL[0] <= time < OIL[1]:
        grown = min(1.0, 0.5 + (time - OIL[0]) / 2)
        scene.spill = (-0.45, -1.0, 0.46 * grown, (0.06, 0.05, 0.05), 5)
    return scene


CLIPS = {"line": (line_at, 24), "press": (press_at, 20)}


def main():
    scene_at, seconds = CLIPS[sys.argv[1]]
    frames = [scenes.draw(scene_at(i / RATE), *SIZE, time=i / RATE, noise=1.2)[0] for i in range(RATE * seconds)]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(RATE), "-i", "-"]
    data.run_ffmpeg(raw + ["-c:v", "libx264", "-preset", "slow", "-crf", "25", "-bf", "0", "-g", str(2 * RATE),
                           "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-y", sys.argv[2]],
                    b"".join(frame.tobytes() for frame in frames))


if __name__ == "__main__":
    main()
