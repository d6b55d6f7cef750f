"""Procedural renderer of factory scenes.

A `Scene` is a plain description in metres (conveyor along x, camera on the negative-y side, z up).
`sample_scene` draws a random one, `draw` projects it with a pin-hole camera and paints it with cairo,
and returns the picture together with the ground truth (events, parts, boxes in the picture).

Conventions that make every event visible in a single frame:
  * belt running / stopped: the stack light shows green (bottom lamp) / red (top lamp);
  * parts jammed: a pile of overlapping parts at a diagonal guide bar;
  * lights off: the hall is almost black, only the emergency lamp and camera noise remain;
  * part dropped: a part lies on the floor in front of the conveyor.
"""
import copy
import math
from dataclasses import dataclass, field

import cairo
import numpy as np

KINDS = ["gear", "bolt", "ring", "block"]
COLOURS = ["red", "blue", "green", "yellow", "white"]
EVENTS = ["part_dropped", "parts_jammed", "belt_empty", "belt_stopped", "sparks", "smoke", "spill",
          "person", "person_lying", "forklift", "box_open", "box_closed", "lights_off"]

# Channels of the coarse presence map used as an auxiliary target for encoder pre-training.
MAP_CHANNELS = ["belt_part", "dropped", "jam", "person", "lying", "spill", "smoke", "sparks", "forklift",
                "box_open", "box_closed", "lamp_red", "lamp_green"] + KINDS + COLOURS
MAP_SIZE = 12

PART_RGB = {"red": (0.84, 0.13, 0.12), "blue": (0.13, 0.30, 0.86), "green": (0.12, 0.62, 0.22),
            "yellow": (0.95, 0.80, 0.10), "white": (0.93, 0.93, 0.92)}
BELT_Z = 0.75
BELT_HALF = 0.42


@dataclass
class Part:
    kind: str
    colour: str
    x: float
    y: float
    z: float
    rot: float
    size: float


@dataclass
class Person:
    x: float
    y: float
    yaw: float
    lying: bool
    vest: tuple
    helmet: tuple
    trousers: tuple
    phase: float = 0.0
    height: float = 1.7


@dataclass
class Camera:
    azimuth: float
    elevation: float
    width: float
    target: tuple
    roll: float
    focal: float


@dataclass
class Scene:
    seed: int
    camera: Camera
    parts: list = field(default_factory=list)
    dropped: list = field(default_factory=list)
    jam: list = field(default_factory=list)
    guide_x: float = None
    stopped: bool = False
    sparks: tuple = None
    smoke: tuple = None
    spill: tuple = None
    people: list = field(default_factory=list)
    forklift: tuple = None
    box: tuple = None
    lights_off: bool = False
    station_x: float = None
    machine: bool = True
    lamp: tuple = (1.5, 0.62)
    decor: dict = field(default_factory=dict)
    belt_shift: float = 0.0

    def events(self):
        """Ground-truth set of event names."""
        if self.lights_off:
            return {"lights_off"}
        found = set()
        if self.dropped:
            found.add("part_dropped")
        if self.jam:
            found.add("parts_jammed")
        elif not self.parts:
            found.add("belt_empty")
        if self.stopped:
            found.add("belt_stopped")
        for name in ("sparks", "smoke", "spill", "forklift"):
            if getattr(self, name) is not None:
                found.add(name)
        for person in self.people:
            found.add("person_lying" if person.lying else "person")
        if self.box is not None:
            found.add("box_open" if self.box[3] else "box_closed")
        return found

    def labels(self):
        """JSON-able ground truth used by the language side."""
        return {"events": sorted(self.events(), key=EVENTS.index),
                "parts": [] if self.lights_off else [[p.colour, p.kind] for p in self.parts],
                "dropped": None if self.lights_off or not self.dropped
                else [self.dropped[0].colour, self.dropped[0].kind]}


# ------------------------------------------------------------------------------------------------ sampling

def in_bands(value, bands):
    return any(low <= value <= high for low, high in bands)


def sample_camera(rng, heldout):
    """Training and held-out viewpoints come from disjoint azimuth x elevation bands."""
    while True:
        azimuth = rng.uniform(-38, 38)
        elevation = rng.uniform(19, 50)
        held = in_bands(abs(azimuth), [(13, 20)]) or in_bands(elevation, [(30, 34)])
        if held == heldout:
            break
    return Camera(azimuth, elevation, rng.uniform(3.9, 4.7),
                  (rng.uniform(-0.25, 0.25), rng.uniform(-0.45, -0.1), rng.uniform(0.4, 0.7)),
                  rng.uniform(-2.5, 2.5), rng.uniform(1.0, 1.35))


def sample_part(rng, x, y, z, size=None, colour=None, kind=None):
    return Part(kind or str(rng.choice(KINDS)), colour or str(rng.choice(COLOURS)), x, y, z,
                rng.uniform(0, 2 * math.pi), size or rng.uniform(0.27, 0.34))


def sample_belt_parts(rng, count):
    """Up to two groups of equal parts, so that a short caption can name them all."""
    if count == 0:
        return []
    first = int(rng.integers(1, count + 1)) if rng.random() < 0.6 else count
    looks = [(str(rng.choice(COLOURS)), str(rng.choice(KINDS))) for _ in range(2)]
    order = [looks[0]] * first + [looks[1]] * (count - first)
    order = [order[i] for i in rng.permutation(count)]
    spacing = rng.uniform(0.47, 0.55) if count > 4 else rng.uniform(0.50, 0.75)
    start = -spacing * (count - 1) / 2
    room = max(0.0, 1.35 + start)
    start += rng.uniform(-room, room)
    return [sample_part(rng, start + i * spacing + rng.uniform(-0.04, 0.04), rng.uniform(-0.12, 0.12), BELT_Z,
                        colour=colour, kind=kind) for i, (colour, kind) in enumerate(order)]


def sample_jam(rng, x):
    parts = []
    for i in range(int(rng.integers(5, 8))):
        layer = 0 if i < 4 else 1
        parts.append(sample_part(rng, x + rng.uniform(-0.30, 0.12), rng.uniform(-0.24, 0.24),
                                 BELT_Z + layer * 0.10 + rng.uniform(0, 0.02)))
    return parts


def sample_person(rng, x, y, lying):
    vests = [(0.98, 0.45, 0.05), (0.93, 0.88, 0.10), (0.16, 0.30, 0.62), (0.45, 0.48, 0.52), (0.75, 0.12, 0.12)]
    helmets = [(0.97, 0.83, 0.10), (0.95, 0.95, 0.95), (0.95, 0.40, 0.05), (0.15, 0.35, 0.80)]
    trousers = [(0.13, 0.17, 0.30), (0.20, 0.20, 0.22), (0.30, 0.27, 0.22), (0.20, 0.30, 0.45)]
    pick = lambda options: options[int(rng.integers(len(options)))]
    return Person(x, y, rng.uniform(0, 2 * math.pi), lying, pick(vests), pick(helmets), pick(trousers),
                  rng.uniform(0, 2 * math.pi), rng.uniform(1.55, 1.8))


HAZARDS = ["part_dropped", "parts_jammed", "sparks", "smoke", "spill", "person", "person_lying", "forklift", "box"]
HAZARD_WEIGHTS = np.array([2.4, 1.3, 1.1, 1.1, 1.2, 1.2, 1.3, 1.1, 2.2])


def sample_decor(rng):
    grey = lambda low, high: tuple(np.clip(rng.uniform(low, high) + rng.uniform(-0.03, 0.03, 3), 0, 1))
    wall = grey(0.45, 0.82)
    if rng.random() < 0.4:
        wall = tuple(np.clip(np.array(wall) * rng.uniform(0.82, 1.1, 3), 0, 1))
    return {"floor": grey(0.34, 0.64), "wall": wall, "belt": grey(0.10, 0.24), "frame": grey(0.45, 0.75),
            "frame_tint": int(rng.integers(4)), "wall_y": rng.uniform(2.4, 3.2), "line": rng.random() < 0.6,
            "line_y": rng.uniform(-1.75, -1.45), "panels": rng.uniform(0.8, 1.6), "windows": rng.random() < 0.4,
            "cabinet": rng.uniform(-2.5, 2.5) if rng.random() < 0.5 else None,
            "barrel": rng.uniform(-2.4, 2.4) if rng.random() < 0.35 else None,
            "barrel_rgb": [(0.1, 0.25, 0.5), (0.5, 0.15, 0.1), (0.2, 0.35, 0.25), (0.3, 0.3, 0.3)][int(rng.integers(4))],
            "sign": rng.uniform(-2, 2) if rng.random() < 0.4 else None,
            "post": rng.uniform(-1.6, 1.6) if rng.random() < 0.12 else None,
            "drain": rng.uniform(-1.5, 1.5) if rng.random() < 0.12 else None,
            "seams": rng.random() < 0.5, "light": (rng.uniform(-0.5, 0.5), rng.uniform(-0.1, 0.45)),
            "ambient": rng.uniform(0.62, 1.12), "warmth": rng.uniform(-0.09, 0.09), "tilt": rng.uniform(-0.25, 0.25, 2)}


def sample_scene(seed, heldout=False, hazards=None):
    """A random scene whose event objects are all in view; `hazards` forces the list of hazards."""
    rng = np.random.default_rng([seed, 77 if heldout else 11])
    lights_off = hazards is None and rng.random() < 0.08
    if hazards is not None:
        hazards = list(hazards)
    elif lights_off:
        hazards = []
    else:
        number = int(rng.choice([0, 1, 2, 3], p=[0.25, 0.40, 0.27, 0.08]))
        hazards = list(rng.choice(HAZARDS, number, replace=False, p=HAZARD_WEIGHTS / HAZARD_WEIGHTS.sum()))
    count = int(rng.choice(7, p=[0.17, 0.14, 0.15, 0.15, 0.14, 0.13, 0.12]))
    stopped = rng.random() < 0.28
    while True:
        for _ in range(60):
            scene = _sample_layout(rng, seed, heldout, hazards, count)
            scene.stopped, scene.lights_off = stopped, lights_off
            if _all_visible(scene):
                return scene
        hazards = hazards[:-1]  # too crowded for any viewpoint


def _sample_layout(rng, seed, heldout, hazards, count):
    scene = Scene(seed, sample_camera(rng, heldout), decor=sample_decor(rng))
    scene.machine = rng.random() < 0.7
    scene.lamp = (rng.choice([-1, 1]) * rng.uniform(1.0, 1.55), rng.uniform(0.6, 0.75))
    if rng.random() < 0.4:
        scene.station_x = rng.uniform(-1.2, 1.2)
    scene.parts = sample_belt_parts(rng, count)
    if rng.random() < 0.12:
        scene.guide_x = rng.uniform(-1.0, 1.0)
    slots = list(rng.permutation([-1.2, -0.4, 0.4, 1.2]))
    back = list(rng.permutation([-1.2, 0.0, 1.2]))
    take = lambda: slots.pop() + rng.uniform(-0.16, 0.16)
    # Long objects take two neighbouring floor slots; place them first.
    for hazard in sorted(hazards, key=lambda name: name not in ("person_lying", "spill")):
        if hazard == "person_lying":
            x = float(rng.choice([-0.75, 0.0, 0.75]))
            slots = [slot for slot in slots if abs(slot - x) > 0.7]
            scene.people.append(sample_person(rng, x + rng.uniform(-0.12, 0.12), rng.uniform(-1.15, -0.85), True))
        elif hazard == "spill":
            shade = [(0.06, 0.05, 0.05), (0.10, 0.22, 0.55), (0.16, 0.42, 0.18), (0.28, 0.17, 0.07)][int(rng.integers(4))]
            scene.spill = (take(), rng.uniform(-1.2, -0.8), rng.uniform(0.30, 0.5), shade, int(rng.integers(1 << 30)))
        elif hazard == "part_dropped":
            scene.dropped.append(sample_part(rng, take(), rng.uniform(-1.25, -0.68), 0.0, rng.uniform(0.28, 0.36)))
        elif hazard == "parts_jammed":
            scene.guide_x = rng.uniform(-0.8, 0.9)
            scene.jam = sample_jam(rng, scene.guide_x)
            scene.parts = [part for part in scene.parts if abs(part.x - scene.guide_x) > 0.75]
        elif hazard == "sparks":
            scene.sparks = (scene.station_x if scene.station_x is not None else rng.uniform(-1.2, 1.2),
                            rng.uniform(-0.5, 0.2), rng.uniform(0.8, 1.15), rng.uniform(0.45, 0.75))
        elif hazard == "smoke":
            scene.smoke = (rng.uniform(-1.3, 1.3), rng.uniform(-0.4, 0.5), rng.uniform(0.7, 1.0),
                           rng.uniform(0.65, 1.0), rng.uniform(0.35, 0.85), int(rng.integers(1 << 30)))
        elif hazard == "person":
            behind = rng.random() < 0.55 or not slots
            scene.people.append(sample_person(rng, back.pop() + rng.uniform(-0.2, 0.2), rng.uniform(0.85, 1.3), False)
                                if behind else sample_person(rng, take() * 1.1, rng.uniform(-0.95, -0.7), False))
        elif hazard == "forklift":
            scene.forklift = (back.pop() + rng.uniform(-0.2, 0.2), rng.uniform(1.35, 1.8), float(rng.choice([-1, 1])),
                              [(0.95, 0.65, 0.05), (0.90, 0.30, 0.08), (0.20, 0.45, 0.25)][int(rng.integers(3))])
        elif hazard == "box":
            scene.box = (take(), rng.uniform(-1.15, -0.8), rng.uniform(0.48, 0.62), bool(rng.random() < 0.5),
                         rng.uniform(-0.5, 0.5))
    _remove_hidden_parts(scene)
    return scene


def _required_points(scene):
    for part in scene.parts + scene.dropped + scene.jam:
        for dx in (-part.size / 2, part.size / 2):
            yield part.x + dx, part.y - abs(dx), part.z
    for person in scene.people:
        if person.lying:
            direction = (math.cos(person.yaw), math.sin(person.yaw))
            for s in (-0.75, 0.75):
                yield person.x + s * direction[0], person.y + s * direction[1] * 0.4, 0.1
        else:
            yield person.x, person.y, 0.55
            yield person.x, person.y, 1.35
    if scene.spill:
        x, y, radius = scene.spill[:3]
        yield x - radius * 0.8, y, 0.0
        yield x + radius * 0.8, y, 0.0
        yield x, y - radius * 0.5, 0.0
    if scene.box:
        x, y, size = scene.box[:3]
        for dx in (-size / 2, size / 2):
            yield x + dx, y, size
            yield x + dx, y, 0.15
    if scene.forklift:
        x, y = scene.forklift[:2]
        yield x - 0.6, y, 0.7
        yield x + 0.6, y, 0.7
        yield x, y, 1.2
    if scene.sparks:
        yield scene.sparks[:3]
    if scene.smoke:
        x, y, z = scene.smoke[:3]
        yield x, y, z
        yield x, y, z + 0.3
    x, y = scene.lamp
    yield x, y, 1.18
    yield x, y, 1.66


def _all_visible(scene):
    # 16:9 is the narrowest frame; what fits there fits in every aspect ratio drawn.
    view = View(scene.camera, 160, 90)
    points = view.project(np.array(list(_required_points(scene))))
    return bool(np.all((points[:, 0] > 2) & (points[:, 0] < 158) & (points[:, 1] > 2) & (points[:, 1] < 88)))


def _remove_hidden_parts(scene):
    """Take parts off the belt that something in front of the belt would cover, so that counts stay visible."""
    view = View(scene.camera, 160, 90)
    covers = []
    for person in scene.people:
        if not person.lying and person.y < 0:
            covers.append(view.project(np.array([[person.x - 0.3, person.y, 0.0], [person.x + 0.3, person.y, person.height]])))
    if scene.box:
        x, y, size = scene.box[:3]
        covers.append(view.project(np.array([[x - size * 0.7, y, 0], [x + size * 0.7, y, size + (0.3 if scene.box[3] else 0)]])))
    if scene.decor["post"] is not None:
        post = scene.decor["post"]
        covers.append(view.project(np.array([[post - 0.1, -1.4, 0.0], [post + 0.1, -1.4, 2.0]])))
    if scene.machine:
        side = -1 if scene.lamp[0] > 0 else 1
        covers.append(view.project(np.array([[side * x, y, z] for x in (1.9, 2.8) for y in (-0.57, 0.67) for z in (0, 1.45)])))
    if scene.station_x is not None:
        x = scene.station_x
        covers.append(view.project(np.array([[x - 0.05, -0.52, 0.0], [x + 0.05, -0.52, 1.42]])))
        covers.append(view.project(np.array([[x - 0.08, y, z] for y in (-0.57, 0.57) for z in (1.42, 1.54)])))
    if scene.sparks:
        x, y, z = scene.sparks[:3]
        covers.append(view.project(np.array([[x - 0.22, y, z - 0.22], [x + 0.22, y, z + 0.22]])))
    if scene.smoke:
        x, y, z, rise = scene.smoke[:4]
        covers.append(view.project(np.array([[x - 0.3, y, z - 0.1], [x + 0.3, y, z + rise]])))
    for cover in covers:
        low, high = cover.min(0) - 4, cover.max(0) + 4
        keep = []
        for part in scene.parts:
            u, v = view.project(np.array([[part.x, part.y, part.z]]))[0]
            if not (low[0] < u < high[0] and low[1] < v < high[1]):
                keep.append(part)
        scene.parts = keep


# --------------------------------------------------------------------------------------------- projection

class View:
    """Pin-hole camera: world metres to pixels."""

    def __init__(self, camera, width, height):
        azimuth, elevation = math.radians(camera.azimuth), math.radians(camera.elevation)
        distance = camera.width * camera.focal
        outward = np.array([math.sin(azimuth) * math.cos(elevation), -math.cos(azimuth) * math.cos(elevation),
                            math.sin(elevation)])
        self.position = np.array(camera.target) + distance * outward
        forward = -outward
        right = np.cross(forward, [0, 0, 1.0])
        right /= np.linalg.norm(right)
        up = np.cross(right, forward)
        cosine, sine = math.cos(math.radians(camera.roll)), math.sin(math.radians(camera.roll))
        self.axes = np.stack([cosine * right + sine * up, cosine * up - sine * right, forward])
        self.scale, self.centre = camera.focal * width, (width / 2, height / 2)
        self.width, self.height = width, height

    def project(self, points):
        local = (np.asarray(points, float) - self.position) @ self.axes.T
        depth = np.maximum(local[:, 2], 0.2)
        return np.stack([self.centre[0] + self.scale * local[:, 0] / depth,
                         self.centre[1] - self.scale * local[:, 1] / depth], 1)

    def pixels_per_metre(self, point):
        return self.scale / max(0.2, float((np.asarray(point) - self.position) @ self.axes[2]))


def convex_hull(points):
    points = sorted(map(tuple, points))
    hulls = []
    for sequence in (points, points[::-1]):
        chain = []
        for p in sequence:
            while len(chain) > 1 and ((chain[-1][0] - chain[-2][0]) * (p[1] - chain[-2][1])
                                      - (chain[-1][1] - chain[-2][1]) * (p[0] - chain[-2][0])) <= 0:
                chain.pop()
            chain.append(p)
        hulls.append(chain[:-1])
    return hulls[0] + hulls[1]


# ------------------------------------------------------------------------------------------------ painting

class Painter:
    def __init__(self, scene, width, height, time):
        self.scene, self.time = scene, time
        self.surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width, height)
        self.ctx = cairo.Context(self.surface)
        self.view = View(scene.camera, width, height)
        self.width, self.height = width, height
        self.light = scene.decor["light"]
        self.boxes = []

    # -- primitives
    def path(self, points):
        ctx = self.ctx
        ctx.move_to(*points[0])
        for point in points[1:]:
            ctx.line_to(*point)
        ctx.close_path()

    def face(self, points, rgb, alpha=1.0):
        pixels = self.view.project(points).tolist()
        self.path(pixels)
        self.ctx.set_source_rgba(*rgb, alpha)
        self.ctx.fill()

    def mark(self, channels, points):
        """Remember where in the picture something is (normalised box)."""
        pixels = self.view.project(points) if np.shape(points)[1] == 3 else np.asarray(points)
        low = pixels.min(0) / (self.width, self.height)
        high = pixels.max(0) / (self.width, self.height)
        self.boxes.append((channels, *np.clip(low, 0, 1), *np.clip(high, 0, 1)))

    def shadow(self, points, z=0.0, alpha=0.32):
        points = np.asarray(points, float)
        rise = points[:, 2:3] - z
        flat = np.concatenate([points[:, :2] + rise * np.array(self.light), np.full((len(points), 1), z)], 1)
        self.path(convex_hull(self.view.project(flat)))
        self.ctx.set_source_rgba(0.02, 0.02, 0.04, alpha)
        self.ctx.fill()

    def prism(self, base, z0, z1, rgb, shadow_z=None, top=None, hole=None):
        """Extruded polygon (counter-clockwise base): visible sides, then the top, with an optional hole in it."""
        base = np.asarray(base, float)
        n = len(base)
        low = np.concatenate([base, np.full((n, 1), z0)], 1)
        high = np.concatenate([base, np.full((n, 1), z1)], 1)
        if shadow_z is not None:
            self.shadow(np.concatenate([low, high]), shadow_z)
        edges = np.roll(base, -1, 0) - base
        normals = np.stack([edges[:, 1], -edges[:, 0]], 1)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9
        facing = ((self.view.position[:2] - base) * normals).sum(1) > 0
        shade = 0.62 + 0.16 * (normals @ np.array([-self.light[0], -self.light[1] - 0.5]))
        pl, ph = self.view.project(low), self.view.project(high)
        order = np.argsort(-((base + edges / 2 - self.view.position[:2]) ** 2).sum(1))
        for i in order:
            if facing[i]:
                j = (i + 1) % n
                self.path([pl[i], pl[j], ph[j], ph[i]])
                self.ctx.set_source_rgb(*(c * shade[i] for c in rgb))
                self.ctx.fill()
        if self.view.position[2] > z1:
            self.path(ph)
            if hole is not None:
                self.ctx.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
                inner = np.concatenate([hole, np.full((len(hole), 1), z1)], 1)
                self.path(self.view.project(inner))
            self.ctx.set_source_rgb(*(min(1.0, c) for c in (top or rgb)))
            self.ctx.fill()
            self.ctx.set_fill_rule(cairo.FILL_RULE_WINDING)

    def block(self, x, y, z0, sx, sy, z1, rgb, yaw=0.0, shadow_z=None, top=None):
        corners = np.array([[-sx, -sy], [sx, -sy], [sx, sy], [-sx, sy]]) / 2
        self.prism(rotate(corners, yaw) + (x, y), z0, z1, rgb, shadow_z, top)

    def limb(self, a, b, radius, rgb):
        (p, q) = self.view.project(np.array([a, b]))
        self.ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        self.ctx.set_line_width(2 * radius * self.view.pixels_per_metre(a))
        self.ctx.set_source_rgb(*rgb)
        self.ctx.move_to(*p)
        self.ctx.line_to(*q)
        self.ctx.stroke()

    def glow(self, point, radius, rgb, alpha):
        x, y = self.view.project(np.array([point]))[0]
        pixels = radius * self.view.pixels_per_metre(point)
        gradient = cairo.RadialGradient(x, y, 0, x, y, pixels)
        gradient.add_color_stop_rgba(0, *rgb, alpha)
        gradient.add_color_stop_rgba(1, *rgb, 0)
        self.ctx.set_source(gradient)
        self.ctx.set_operator(cairo.OPERATOR_ADD)
        self.ctx.arc(x, y, pixels, 0, 2 * math.pi)
        self.ctx.fill()
        self.ctx.set_operator(cairo.OPERATOR_OVER)

    # -- the hall
    def hall(self):
        decor, ctx = self.scene.decor, self.ctx
        gradient = cairo.LinearGradient(0, 0, 0, self.height)
        floor = np.array(decor["floor"])
        gradient.add_color_stop_rgb(0, *(floor * 0.85))
        gradient.add_color_stop_rgb(1, *np.minimum(floor * 1.08, 1))
        ctx.set_source(gradient)
        ctx.paint()
        wall_y = decor["wall_y"]
        if decor["seams"]:
            for x in np.arange(-5, 5.1, 1.25):
                self.face([[x - .012, -1.6, 0], [x + .012, -1.6, 0], [x + .012, wall_y, 0], [x - .012, wall_y, 0]], floor * 0.82)
        if decor["line"]:
            y = decor["line_y"]
            self.face([[-6, y, 0], [6, y, 0], [6, y + 0.09, 0], [-6, y + 0.09, 0]], (0.88, 0.74, 0.12))
        if decor["drain"] is not None:
            x = decor["drain"]
            self.face([[x, -1.35, 0], [x + .3, -1.35, 0], [x + .3, -1.1, 0], [x, -1.1, 0]], floor * 0.5)
        wall = np.array(decor["wall"])
        self.face([[-7, wall_y, 0], [7, wall_y, 0], [7, wall_y, 6], [-7, wall_y, 6]], wall)
        step = decor["panels"]
        for x in np.arange(-6, 6, step):
            self.face([[x, wall_y, 0], [x + .03, wall_y, 0], [x + .03, wall_y, 6], [x, wall_y, 6]], wall * 0.88)
        self.face([[-7, wall_y, 0], [7, wall_y, 0], [7, wall_y, .14], [-7, wall_y, .14]], wall * 0.6)
        if decor["windows"]:
            for x in np.arange(-4.5, 4.6, 1.8):
                self.face([[x, wall_y, 1.5], [x + 1.1, wall_y, 1.5], [x + 1.1, wall_y, 2.3], [x, wall_y, 2.3]], (0.72, 0.82, 0.90))
        if decor["sign"] is not None:
            x = decor["sign"]
            self.face([[x, wall_y, 1.1], [x + .45, wall_y, 1.1], [x + .45, wall_y, 1.5], [x, wall_y, 1.5]], (0.92, 0.92, 0.90))
            self.face([[x + .05, wall_y, 1.36], [x + .4, wall_y, 1.36], [x + .4, wall_y, 1.44], [x + .05, wall_y, 1.44]], (0.15, 0.4, 0.25))
        if decor["cabinet"] is not None:
            self.block(decor["cabinet"], wall_y - 0.3, 0, 0.8, 0.5, 1.5, (0.50, 0.54, 0.58), shadow_z=0)
        if decor["barrel"] is not None:
            self.prism(circle(0.27, 14) + (decor["barrel"], wall_y - 0.55), 0, 0.8, decor["barrel_rgb"], shadow_z=0)

    def conveyor(self):
        scene, decor = self.scene, self.scene.decor
        frame = np.array(decor["frame"])
        tint = [(1, 1, 1), (0.75, 0.88, 1.1), (0.78, 1.0, 0.85), (1.1, 1.0, 0.75)][decor["frame_tint"]]
        frame = np.minimum(frame * tint, 1)
        edge = BELT_HALF + 0.07
        self.shadow([[-3, -edge, 0.6], [3, -edge, 0.6], [3, edge, 0.6], [-3, edge, 0.6]], 0, 0.38)
        for x in (-2.4, -0.8, 0.8, 2.4):
            for y in (edge - 0.06, -edge + 0.06):
                self.block(x, y, 0, 0.09, 0.09, 0.6, frame * 0.8)
        self.block(0, 0, 0.56, 6.4, 2 * edge, BELT_Z, frame, top=tuple(frame))
        top = BELT_Z
        belt = np.array(decor["belt"])
        self.face([[-3.2, -BELT_HALF, top], [3.2, -BELT_HALF, top], [3.2, BELT_HALF, top], [-3.2, BELT_HALF, top]], belt)
        for x in np.arange(-3.2, 3.2, 0.4) + scene.belt_shift % 0.4:
            self.face([[x, -BELT_HALF, top], [x + .025, -BELT_HALF, top], [x + .025, BELT_HALF, top], [x, BELT_HALF, top]], belt * 1.5)
        if scene.machine:
            side = -1 if scene.lamp[0] > 0 else 1
            body = (0.40, 0.47, 0.55)
            self.block(side * 2.35, 0.05, 0, 0.9, 1.25, 1.45, body, shadow_z=0)
            x = side * 1.9 + side * -0.005
            self.face([[x, -0.4, BELT_Z], [x, 0.4, BELT_Z], [x, 0.4, 1.15], [x, -0.4, 1.15]], (0.06, 0.06, 0.07))

    def stack_light(self):
        scene = self.scene
        x, y = scene.lamp
        self.block(x, y, 0, 0.06, 0.06, 1.15, (0.35, 0.35, 0.37))
        lit = {"red": scene.stopped, "amber": False, "green": not scene.stopped}
        dark = {"red": (0.30, 0.05, 0.05), "amber": (0.32, 0.20, 0.04), "green": (0.04, 0.22, 0.08)}
        bright = {"red": (1.0, 0.10, 0.08), "amber": (1.0, 0.7, 0.1), "green": (0.10, 1.0, 0.30)}
        for i, name in enumerate(("green", "amber", "red")):
            z = 1.15 + i * 0.17
            on = lit[name] and not scene.lights_off
            self.prism(circle(0.085, 10) + (x, y), z, z + 0.16, tuple(min(1, 1.4 * c) for c in bright[name]) if on else dark[name])
            if on:
                self.glow((x, y - 0.1, z + 0.08), 0.30, bright[name], 0.75)
                self.mark(["lamp_red" if name == "red" else "lamp_green"],
                          np.array([[x - .08, y, z], [x + .08, y, z + .16]]))

    # -- things
    def part(self, part, channels, shadow=True):
        rgb = PART_RGB[part.colour]
        s, height = part.size / 2, part.size * 0.42
        at = (part.x, part.y)
        ground = part.z if shadow else None
        if part.kind == "gear":
            angles = np.arange(32) * (2 * math.pi / 32)
            radius = np.where((np.arange(32) // 2) % 2 == 0, s * 1.12, s * 0.80)
            outline = np.stack([radius * np.cos(angles), radius * np.sin(angles)], 1)
            self.prism(rotate(outline, part.rot) + at, part.z, part.z + height * 0.7, rgb, ground)
            hole = circle(s * 0.30, 10) + at
            self.face(np.concatenate([hole, np.full((10, 1), part.z + height * 0.7)], 1), tuple(c * 0.22 for c in rgb))
        elif part.kind == "ring":
            self.prism(circle(s * 1.05, 22) + at, part.z, part.z + height * 0.6, rgb, ground)
            z = part.z + height * 0.6
            hole = circle(s * 0.62, 18) + at
            self.face(np.concatenate([hole, np.full((18, 1), z)], 1), tuple(c * 0.45 for c in rgb))
            inner = hole * 1.0
            floor_rgb = self.scene.decor["belt"] if part.z > 0.3 else self.scene.decor["floor"]
            bottom = np.concatenate([inner, np.full((18, 1), part.z)], 1)
            self.ctx.save()
            self.path(self.view.project(np.concatenate([hole, np.full((18, 1), z)], 1)))
            self.ctx.clip()
            self.face(bottom, tuple(c * 0.8 for c in floor_rgb))
            self.ctx.restore()
        elif part.kind == "bolt":
            shaft = np.array([[-0.2, -0.26], [1.35, -0.26], [1.35, 0.26], [-0.2, 0.26]]) * s
            head = circle(0.72 * s, 6)
            shift = np.array([-0.75 * s, 0.0])
            pieces = [(shaft + shift, height * 0.55, 0.92), (head + shift, height * 1.15, 1.0)]
            if ground is not None:
                outline = np.concatenate([rotate(piece, part.rot) + at for piece, _, _ in pieces])
                self.shadow(np.concatenate([outline, np.full((len(outline), 1), part.z + height)], 1), part.z)
            depth = lambda piece: -np.linalg.norm((rotate(piece, part.rot) + at).mean(0) - self.view.position[:2])
            for piece, z, tone in sorted(pieces, key=lambda entry: depth(entry[0])):
                self.prism(rotate(piece, part.rot) + at, part.z, part.z + z, tuple(c * tone for c in rgb))
        else:
            self.block(part.x, part.y, part.z, part.size * 0.86, part.size * 0.86, part.z + part.size * 0.78, rgb,
                       part.rot, ground)
        self.mark(channels + [part.kind, part.colour],
                  np.array([[part.x - s, part.y, part.z], [part.x + s, part.y, part.z + height]]))

    def guide(self):
        x = self.scene.guide_x
        start, end = np.array([x + 0.42, -BELT_HALF - 0.05]), np.array([x + 0.12, BELT_HALF + 0.05])
        side = np.array([0.035, 0.0])
        self.prism(np.array([start, start + side, end + side, end]), BELT_Z, BELT_Z + 0.18, (0.72, 0.74, 0.76))

    def station(self):
        x = self.scene.station_x
        for y in (BELT_HALF + 0.1, -BELT_HALF - 0.1):
            if y < 0:
                self.block(x, 0, 1.42, 0.16, 2 * BELT_HALF + 0.3, 1.54, (0.55, 0.57, 0.60))
                self.block(x, 0, 1.18, 0.12, 0.14, 1.42, (0.25, 0.27, 0.30))
            self.block(x, y, 0, 0.09, 0.09, 1.42, (0.60, 0.62, 0.65))

    def person(self, person):
        k = person.height / 1.75
        swing = 0.16 * math.sin(person.phase)
        joints = {"hip_l": (0.10, 0, 0.90), "hip_r": (-0.10, 0, 0.90), "foot_l": (0.12, swing, 0.06),
                  "foot_r": (-0.12, -swing, 0.06), "chest_l": (0.15, 0, 1.38), "chest_r": (-0.15, 0, 1.38),
                  "belly": (0, 0, 0.98), "chest": (0, 0, 1.34), "hand_l": (0.27, -swing, 0.86),
                  "hand_r": (-0.27, swing + 0.05, 0.92), "head": (0, 0, 1.60), "helmet": (0, 0, 1.68)}
        yaw_c, yaw_s = math.cos(person.yaw), math.sin(person.yaw)

        def place(name):
            x, y, z = (k * c for c in joints[name])
            if person.lying:  # the body's up axis lies along the yaw direction, arms spread on the floor
                along, across = z - 0.85 * k, x * 1.35
                return (person.x + along * yaw_c - across * yaw_s, person.y + (along * yaw_s + across * yaw_c), 0.13 + y * 0.2)
            return (person.x + x * yaw_c - y * yaw_s, person.y + x * yaw_s + y * yaw_c, z)

        at = {name: place(name) for name in joints}
        skin = (0.85, 0.65, 0.52)
        self.shadow(np.array([at[n] for n in ("foot_l", "foot_r", "hand_l", "hand_r", "head", "helmet")]), 0.0, 0.28)
        dark = tuple(c * 0.8 for c in person.vest)
        for hip, foot in (("hip_l", "foot_l"), ("hip_r", "foot_r")):
            self.limb(at[hip], at[foot], 0.085 * k, person.trousers)
            self.limb(at[foot], at[foot], 0.09 * k, (0.08, 0.08, 0.08))
        self.limb(at["chest_r"], at["hand_r"], 0.062 * k, dark)
        self.limb(at["belly"], at["chest"], 0.19 * k, person.vest)
        self.limb(at["chest_l"], at["hand_l"], 0.062 * k, dark)
        mid = [(a + b) / 2 for a, b in zip(at["belly"], at["chest"])]
        across = [(a - b) * 0.9 for a, b in zip(at["chest_l"], at["chest_r"])]
        self.limb([m - a / 2 for m, a in zip(mid, across)], [m + a / 2 for m, a in zip(mid, across)], 0.035 * k, (0.90, 0.92, 0.88))
        for hand in ("hand_l", "hand_r"):
            self.limb(at[hand], at[hand], 0.06 * k, skin)
        self.limb(at["head"], at["head"], 0.125 * k, skin)
        self.limb(at["helmet"], at["helmet"], 0.125 * k, person.helmet)
        self.mark(["lying" if person.lying else "person"], np.array(list(at.values())))

    def forklift(self, x, y, direction, rgb):
        d = direction
        dark = (0.12, 0.12, 0.13)
        for dx in (-0.42, 0.42):
            self.prism(circle(0.17, 12) * (1, 0.3) + (x + d * dx, y), 0, 0.34, dark)
        self.shadow([[x - .75, y - .4, .5], [x + .75, y - .4, .5], [x + .75, y + .4, .5], [x - .75, y + .4, .5]], 0, 0.35)
        self.block(x, y, 0.2, 1.25, 0.8, 0.72, rgb)
        self.block(x - d * 0.45, y, 0.72, 0.36, 0.78, 1.02, tuple(c * 0.85 for c in rgb))
        for dx, dy in ((-0.42, 0.33), (0.35, 0.33), (-0.42, -0.33), (0.35, -0.33)):
            self.block(x + dx, y + dy, 0.72, 0.05, 0.05, 1.75, dark)
        self.block(x - 0.03, y, 1.75, 0.86, 0.76, 1.81, dark)
        for dy in (0.22, -0.22):
            self.block(x + d * 0.72, y + dy, 0.08, 0.09, 0.07, 1.9, (0.30, 0.30, 0.32))
        for dy in (0.22, -0.22):
            self.block(x + d * 1.1, y + dy, 0.55, 0.75, 0.10, 0.60, (0.30, 0.30, 0.32))
        self.mark(["forklift"], np.array([[x - .7, y, 0.75], [x + .75, y, 0.75], [x, y, 1.85]]))

    def carton(self, x, y, size, opened, yaw):
        rgb = (0.76, 0.58, 0.36)
        h = size * 0.85
        if not opened:
            self.block(x, y, 0, size, size, h, rgb, yaw, 0.0, top=(0.84, 0.67, 0.44))
            tape = rotate(np.array([[-0.5, -0.07], [0.5, -0.07], [0.5, 0.07], [-0.5, 0.07]]) * size, yaw) + (x, y)
            self.face(np.concatenate([tape, np.full((4, 1), h)], 1), (0.93, 0.88, 0.74))
        else:
            corners = rotate(np.array([[-.5, -.5], [.5, -.5], [.5, .5], [-.5, .5]]) * size, yaw) + (x, y)
            out = rotate(np.array([[0, -1], [1, 0], [0, 1], [-1, 0]]), yaw)
            rim = np.concatenate([corners, np.full((4, 1), h)], 1)

            def flap(i):
                j = (i + 1) % 4
                lift = np.array([*(out[i] * size * 0.42), size * 0.22])
                self.face([rim[i], rim[j], rim[j] + lift, rim[i] + lift], tuple(c * (0.92 + 0.06 * i) for c in rgb))

            order = sorted(range(4), key=lambda i: -np.linalg.norm(corners[i] + corners[(i + 1) % 4] - 2 * self.view.position[:2]))
            for i in order[:2]:
                flap(i)
            self.block(x, y, 0, size, size, h, rgb, yaw, 0.0, top=(0.20, 0.13, 0.08))
            for i in order[2:]:
                flap(i)
        self.mark(["box_open" if opened else "box_closed"], np.array([[x - size / 2, y, h / 2], [x + size / 2, y, h]]))

    def spill(self, x, y, radius, rgb, seed):
        rng = np.random.default_rng(seed)
        n = 36
        angle = np.arange(n) * 2 * math.pi / n
        waves = sum(rng.uniform(0.04, 0.16) * np.sin(k * angle + rng.uniform(0, 7)) for k in (2, 3, 5))
        outline = np.stack([x + radius * (1 + waves) * np.cos(angle) * 1.25, y + radius * (1 + waves) * np.sin(angle) * 0.8], 1)
        flat = lambda points: np.concatenate([points, np.full((len(points), 1), 0.002)], 1)
        self.face(flat(outline), rgb, 0.88)
        centre = np.array([x, y])
        gloss = (outline - centre) * (0.45, 0.28) + centre + (-0.12 * radius, 0.28 * radius)
        self.face(flat(gloss), tuple(min(1, c + 0.45) for c in rgb), 0.55)
        self.mark(["spill"], flat(outline))

    def sparks(self, x, y, z, reach):
        rng = np.random.default_rng([self.scene.seed, int(self.time * 1000)])
        ctx, source = self.ctx, np.array([x, y, z])
        self.glow(source, reach * 0.7, (1.0, 0.60, 0.15), 0.8)
        self.glow(source, reach * 0.25, (1.0, 0.95, 0.7), 1.0)
        unit = self.view.pixels_per_metre(source)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        for _ in range(int(rng.integers(26, 48))):
            angle, speed = rng.uniform(0, 2 * math.pi), reach * rng.uniform(0.3, 1.0)
            direction = np.array([math.cos(angle), 0.3 * math.sin(angle * 2), math.sin(angle) * 0.8 + 0.15])
            start = source + direction * speed * rng.uniform(0.1, 0.5)
            end = source + direction * speed - (0, 0, 0.25 * speed * speed)
            p, q = self.view.project(np.array([start, end]))
            ctx.set_source_rgb(1.0, rng.uniform(0.65, 0.98), rng.uniform(0.1, 0.6))
            ctx.set_line_width(unit * rng.uniform(0.012, 0.03))
            ctx.move_to(*p)
            ctx.line_to(*q)
            ctx.stroke()
        self.mark(["sparks"], np.array([[x - reach / 2, y, z - reach / 2], [x + reach / 2, y, z + reach / 2]]))

    def smoke(self, x, y, z, rise, tone, seed):
        rng = np.random.default_rng(seed)
        drift = rng.uniform(-0.35, 0.35)
        for i in range(16):
            f = ((i / 16) + self.time * 0.12) % 1.0
            radius = 0.16 + 0.42 * f + rng.uniform(0, 0.06)
            centre = (x + drift * f + rng.uniform(-0.14, 0.14) * (0.4 + f), y, z + 1.2 * f * rise + rng.uniform(-0.03, 0.03))
            u, v = self.view.project(np.array([centre]))[0]
            pixels = radius * self.view.pixels_per_metre(centre)
            shade = (0.78 + 0.25 * (tone - 0.35) if tone > 0.6 else 0.10 + 0.5 * (tone - 0.35)) + rng.uniform(-0.06, 0.06)
            gradient = cairo.RadialGradient(u, v, 0, u, v, pixels)
            alpha = 0.60 * (1 - 0.5 * f) * min(1.0, 4 * (1 - f), 8 * f + 0.4)
            gradient.add_color_stop_rgba(0, shade, shade, shade, alpha)
            gradient.add_color_stop_rgba(0.6, shade, shade, shade, alpha * 0.7)
            gradient.add_color_stop_rgba(1, shade, shade, shade, 0)
            self.ctx.set_source(gradient)
            self.ctx.arc(u, v, pixels, 0, 2 * math.pi)
            self.ctx.fill()
        self.mark(["smoke"], np.array([[x - 0.25, y, z], [x + 0.25, y, z + rise]]))

    # -- everything, back to front
    def paint(self):
        scene = self.scene
        self.hall()
        back = [(p.y, lambda p=p: self.person(p)) for p in scene.people if p.y > 0]
        front = [(p.y, lambda p=p: self.person(p)) for p in scene.people if p.y <= 0]
        if scene.forklift:
            back.append((scene.forklift[1], lambda: self.forklift(*scene.forklift)))
        if scene.box:
            front.append((scene.box[1], lambda: self.carton(*scene.box)))
        if scene.spill:
            self.spill(*scene.spill)
        for _, paint in sorted(back, key=lambda entry: -entry[0]):
            paint()
        self.stack_light()
        self.conveyor()
        if scene.guide_x is not None:
            self.guide()
        eye = self.view.position[:2]
        far_first = lambda parts: sorted(parts, key=lambda p: (round(p.z, 1), -np.linalg.norm(np.array([p.x, p.y]) - eye)))
        for part in far_first(scene.parts):
            self.part(part, ["belt_part"])
        for part in far_first(scene.jam):
            self.part(part, ["jam"], shadow=part.z < BELT_Z + 0.05)
        if scene.station_x is not None:
            self.station()
        front += [(p.y, lambda p=p: self.part(p, ["dropped"])) for p in scene.dropped]
        for _, paint in sorted(front, key=lambda entry: -entry[0]):
            paint()
        if scene.decor["post"] is not None:
            self.block(scene.decor["post"], -1.4, 0, 0.07, 0.07, 2.6, (0.75, 0.68, 0.2))
        if scene.smoke:
            self.smoke(*scene.smoke)
        if scene.sparks:
            self.sparks(*scene.sparks)


def rotate(points, angle):
    c, s = math.cos(angle), math.sin(angle)
    return np.asarray(points) @ np.array([[c, s], [-s, c]])


def circle(radius, n):
    angles = np.arange(n) * 2 * math.pi / n
    return np.stack([radius * np.cos(angles), radius * np.sin(angles)], 1)


def draw(scene, width, height, time=0.0, noise=None):
    """Paint the scene; returns (uint8 RGB array, list of marked boxes)."""
    painter = Painter(scene, width, height, time)
    painter.paint()
    painter.surface.flush()
    stride = painter.surface.get_stride()
    raw = np.frombuffer(painter.surface.get_data(), np.uint8).reshape(height, stride)[:, :width * 4]
    picture = raw.reshape(height, width, 4)[:, :, 2::-1].astype(np.float32)
    decor = scene.decor
    tilt_x, tilt_y = decor["tilt"]
    field_x = 1 + tilt_x * np.linspace(-0.5, 0.5, width, dtype=np.float32)
    field_y = 1 + tilt_y * np.linspace(-0.5, 0.5, height, dtype=np.float32)
    gain = np.array([1 + decor["warmth"], 1.0, 1 - decor["warmth"]], np.float32) * decor["ambient"]
    rng = np.random.default_rng([scene.seed, int(time * 1000), 5])
    if scene.lights_off:
        gain = gain * np.array([0.8, 0.95, 1.1], np.float32) * (0.05 + 0.08 * (scene.seed % 97) / 97)
    picture *= (field_y[:, None] * field_x[None, :])[:, :, None] * gain
    if scene.lights_off:  # emergency lamp on the wall
        x, y = painter.view.project(np.array([[scene.lamp[0] * 0.8, decor["wall_y"], 1.6]]))[0]
        yy, xx = np.ogrid[:height, :width]
        spread = (0.10 * width) ** 2
        lamp = np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / spread).astype(np.float32)
        picture += lamp[:, :, None] * np.array([15, 70, 35], np.float32)
    if noise:
        # A pre-drawn noise field, rolled at random, is much cheaper than fresh noise for every frame.
        field = NOISE.ravel()[int(rng.integers(NOISE.size - picture.size)):][:picture.size]
        picture += field.reshape(picture.shape) * noise
    boxes = [] if scene.lights_off else painter.boxes
    return np.clip(picture, 0, 255).astype(np.uint8), boxes


NOISE = np.random.default_rng(3).standard_normal((1 << 21) + 12345).astype(np.float32)


def presence_map(boxes, aspect):
    """Rasterise marked boxes on the padded square at MAP_SIZE x MAP_SIZE cells (x right, y down)."""
    result = np.zeros((len(MAP_CHANNELS), MAP_SIZE, MAP_SIZE), np.uint8)
    scale_x, scale_y = min(1.0, aspect), min(1.0, 1 / aspect)
    for channels, x0, y0, x1, y1 in boxes:
        xs = [(x - 0.5) * scale_x + 0.5 for x in (x0, x1)]
        ys = [(y - 0.5) * scale_y + 0.5 for y in (y0, y1)]
        columns = [min(MAP_SIZE - 1, int(x * MAP_SIZE)) for x in xs]
        rows = [min(MAP_SIZE - 1, int(y * MAP_SIZE)) for y in ys]
        for channel in channels:
            index = MAP_CHANNELS.index(channel)
            if index >= 13 or channel in ("belt_part", "dropped"):  # small things: their centre cell
                result[index, int(sum(ys) / 2 * MAP_SIZE - 1e-6), int(sum(xs) / 2 * MAP_SIZE - 1e-6)] = 1
            else:
                result[index, rows[0]:rows[1] + 1, columns[0]:columns[1] + 1] = 1
    return result


# --------------------------------------------------------------------------------------------------- clips

class Clip:
    """A scene in motion: the belt runs, and one event begins (and may end) during the clip."""

    KINDS = ["part_dropped", "person", "smoke", "sparks", "spill", "belt_stopped", "none"]

    def __init__(self, seed, heldout=False, kind=None, start=1.5):
        rng = np.random.default_rng([seed, 41])
        self.kind = kind or self.KINDS[int(rng.integers(len(self.KINDS)))]
        self.start = start
        forced = [] if self.kind in ("belt_stopped", "none") else [self.kind]
        for attempt in range(200):
            self.base = sample_scene(seed * 1000 + attempt, heldout, forced)
            if len(self.base.parts) >= 2 and set(forced) <= self.base.events():
                break
        self.base.stopped = False
        self.base.decor["post"] = None
        self.speed = rng.uniform(0.10, 0.25) * rng.choice([-1, 1])
        self.from_side = rng.choice([-1, 1])

    def at(self, time):
        """Scene at a moment; second value is False while the event is just beginning (label ambiguous)."""
        scene = copy.deepcopy(self.base)
        since = time - self.start
        moved = self.speed * (min(time, self.start) if self.kind == "belt_stopped" else time)
        scene.belt_shift = moved
        view = View(scene.camera, 160, 90)
        for part in scene.parts:
            part.x += moved
        where = view.project(np.array([[p.x, p.y, p.z] for p in scene.parts]))
        sharp = not np.any((np.abs(where[:, 0] - 80) > 75) & (np.abs(where[:, 0] - 80) < 88))
        scene.parts = [p for p, (u, _) in zip(scene.parts, where) if abs(u - 80) < 82]
        scene.stopped = self.kind == "belt_stopped" and since >= 0
        if self.kind == "part_dropped":
            part = scene.dropped[0]
            fall = min(1.0, max(0.0, since) / 0.6)
            if since < 0:
                scene.dropped = []
            elif fall < 1:
                part.z = BELT_Z * (1 - fall * fall)
                part.y = -0.4 + (part.y + 0.4) * fall
                sharp = False
        elif self.kind == "person":
            person = scene.people[0]
            person.phase = time * 6
            if since < 0:
                scene.people = []
            else:
                away = max(0.0, 2.6 - since * 1.8)
                person.x += self.from_side * away
                sharp = sharp and away < 0.4
        elif self.kind in ("smoke", "sparks", "spill"):
            if since < 0:
                setattr(scene, self.kind, None)
            elif self.kind == "spill":
                x, y, radius, rgb, seed = scene.spill
                scene.spill = (x, y, radius * min(1.0, 0.4 + since * 0.5), rgb, seed)
                sharp = sharp and since > 0.8
            elif self.kind == "smoke":
                sharp = sharp and since > 0.2
        return scene, bool(sharp)
