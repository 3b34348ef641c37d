"""Generated training images: dead leaves, boards, dies, repeated parts, writing and bare surfaces."""
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from textures import color, colored, coordinates, fractional, texture, value_noise


def _tuple(values):
    return tuple(int(v) for v in np.clip(values, 0, 255))


def _shape(random, draw, x, y, radius, fill):
    kind = random.integers(5)
    stretch = np.exp(random.uniform(-0.8, 0.8))
    w, h = radius * stretch, radius / stretch
    if kind == 0:
        draw.ellipse((x - w, y - h, x + w, y + h), fill=fill)
    elif kind == 1:
        draw.rectangle((x - w, y - h, x + w, y + h), fill=fill)
    elif kind == 2:
        angle = random.uniform(0, np.pi)
        corners = np.array([(-w, -h), (w, -h), (w, h), (-w, h)]) @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        draw.polygon([(x + a, y + b) for a, b in corners], fill=fill)
    elif kind == 3:
        count = random.integers(3, 12)
        angles = np.sort(random.uniform(0, 2 * np.pi, count))
        radii = radius * random.uniform(0.4, 1.4, count)
        draw.polygon([(x + r * np.cos(a), y + r * np.sin(a)) for a, r in zip(angles, radii)], fill=fill)
    else:
        _stroke(random, draw, x, y, radius * 3, fill, max(1, int(radius / 3)))


def _stroke(random, draw, x, y, length, fill, width):
    points, angle = [(x, y)], random.uniform(0, 2 * np.pi)
    bend = random.choice([0, random.normal(0, 0.3)])
    for _ in range(8):
        angle += bend + random.normal(0, 0.1)
        x, y = x + length / 8 * np.cos(angle), y + length / 8 * np.sin(angle)
        points.append((x, y))
    draw.line(points, fill=fill, width=width, joint="curve")


def dead_leaves(random, size):
    image = Image.fromarray(texture(random, size))
    fills = [Image.fromarray(texture(random, size)) for _ in range(random.integers(2, 6))]
    smallest = random.uniform(2, 16)
    soft = random.choice([0, 0, random.uniform(0.5, 3)])
    for _ in range(int(2 ** random.uniform(2, 7.5))):
        radius = smallest / max(random.random(), smallest / size) ** 0.6
        x, y = random.uniform(-20, size + 20, 2)
        mask = Image.new("L", (size, size))
        _shape(random, ImageDraw.Draw(mask), x, y, radius, 255)
        if random.random() < 0.25:
            shadow = mask.filter(ImageFilter.GaussianBlur(3)).point(lambda v: v // 2)
            image.paste((0, 0, 0), (int(random.integers(-4, 5)), int(random.integers(-4, 5))), shadow)
        if soft:
            mask = mask.filter(ImageFilter.GaussianBlur(soft))
        if random.random() < 0.6:
            image.paste(fills[random.integers(len(fills))], (0, 0), mask)
        else:
            image.paste(_tuple(color(random)), (0, 0), mask)
    return np.asarray(image)


def _glyph(random, draw, x, y, height, fill, width):
    nodes = [(x + height * 0.6 * i / 2, y + height * j / 2) for i in range(3) for j in range(3)]
    for _ in range(random.integers(2, 5)):
        a, b = random.choice(9, 2, replace=False)
        if random.random() < 0.75:
            draw.line((nodes[a], nodes[b]), fill=fill, width=width)
        else:
            left, top = min(nodes[a][0], nodes[b][0]), min(nodes[a][1], nodes[b][1])
            right, bottom = max(nodes[a][0], nodes[b][0]), max(nodes[a][1], nodes[b][1])
            draw.arc((left, top, right + 1, bottom + 1), int(random.integers(360)), int(random.integers(360)), fill=fill, width=width)


def _write(random, draw, x, y, count, height, fill):
    alphabet = [int(random.integers(1 << 30)) for _ in range(8)]
    for i in range(count):
        _glyph(np.random.default_rng(alphabet[random.integers(8)]), draw, x + i * height * 0.85, y, height, fill, max(1, int(height // 7)))


def writing(random, size):
    image = Image.fromarray(texture(random, size))
    draw, ink = ImageDraw.Draw(image), _tuple(color(random))
    y = random.uniform(-10, 20)
    while y < size:
        height = random.uniform(7, 40)
        _write(random, draw, random.uniform(-10, 60), y, int(size / height), height, ink)
        y += height * random.uniform(1.1, 2)
    return np.asarray(image)


def _part(random, draw, x, y, w, h, metal):
    body = _tuple(color(random) * 0.5)
    if random.random() < 0.5:
        pins, size = int(max(2, w // random.uniform(4, 10))), max(1, h * 0.15)
        for i in range(pins):
            px = x + (i + 0.5) * w / pins
            draw.rectangle((px - w / pins / 4, y - size, px + w / pins / 4, y + h + size), fill=metal)
        draw.rectangle((x, y, x + w, y + h), fill=body)
        if h > 10:
            _write(random, draw, x + 3, y + h * 0.3, int(w / (h * 0.35)), h * 0.3, _tuple(color(random)))
        draw.ellipse((x + 2, y + 2, x + 2 + h * 0.15, y + 2 + h * 0.15), fill=_tuple(color(random)))
    elif random.random() < 0.6:
        draw.rectangle((x, y, x + w, y + h), fill=metal)
        draw.rectangle((x + w * 0.25, y, x + w * 0.75, y + h), fill=body)
    else:
        draw.ellipse((x, y, x + h, y + h), fill=metal, outline=body)
        draw.ellipse((x + h * 0.25, y + h * 0.25, x + h * 0.75, y + h * 0.75), fill=body)


def board(random, size):
    """A printed circuit: traces at multiples of 45 degrees, vias, pads, parts, silk screen."""
    base = color(random, 0.2) * random.uniform(0.2, 1)
    if random.random() < 0.6:
        base = np.array(((20, 80, 40), (15, 40, 90), (25, 25, 28), (110, 20, 25), (170, 140, 90))[random.integers(5)], np.float32) * random.uniform(0.6, 1.6)
    image = Image.new("RGB", (size, size), _tuple(base))
    draw = ImageDraw.Draw(image)
    trace, metal = _tuple(base * random.uniform(1.1, 1.7) + 8), _tuple(random.choice([1, 0.6]) * np.array((215, 200, random.choice([120, 200]))))
    silk, pitch, width = _tuple(np.full(3, random.uniform(180, 255))), random.uniform(6, 18), random.integers(1, 5)
    compass = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
    for _ in range(random.integers(4, 24)):
        x, y = random.integers(0, size, 2)
        lanes, turn, points = random.integers(1, 7), random.integers(8), [(0, 0)]
        for _ in range(random.integers(2, 6)):
            dx, dy = compass[turn % 8]
            step = random.uniform(10, 100)
            points.append((points[-1][0] + dx * step, points[-1][1] + dy * step))
            turn += random.integers(-1, 2)
        for lane in range(lanes):
            moved = [(x + a + lane * pitch * 0.6, y + b + lane * pitch * 0.6) for a, b in points]
            draw.line(moved, fill=trace, width=int(width))
            px, py = moved[-1]
            draw.ellipse((px - width * 1.5, py - width * 1.5, px + width * 1.5, py + width * 1.5), fill=metal)
            draw.ellipse((px - width * 0.6, py - width * 0.6, px + width * 0.6, py + width * 0.6), fill=_tuple(base * 0.3))
    for _ in range(random.integers(3, 20)):
        x, y = random.uniform(0, size, 2)
        w, h = np.exp(random.uniform(2, 4.6)), np.exp(random.uniform(2, 3.8))
        for i in range(random.choice([1, 1, 2, 4])):
            _part(random, draw, x + i * w * 1.4, y, w, h, metal)
        if random.random() < 0.5:
            _write(random, draw, x, y - 14, random.integers(2, 6), random.uniform(7, 14), silk)
            draw.rectangle((x - 3, y - 3, x + w + 3, y + h + 3), outline=silk)
    return np.asarray(image)


def die(random, size):
    """A chip: blocks of fine regular lines and cells, buses, a ring of pads, often bond wires."""
    base = color(random, 0.3)
    image = Image.new("RGB", (size, size), _tuple(base))
    draw = ImageDraw.Draw(image)
    contrast = random.uniform(0.1, 1)

    def tone():
        return _tuple(base + contrast * (color(random, 0.3) - base))

    for _ in range(random.integers(4, 30)):
        x, y = (int(v) for v in random.integers(0, size, 2))
        w, h = (int(v) for v in np.exp(random.uniform(2, 5.2, 2)))
        kind, pitch, first, second = random.integers(4), int(random.integers(2, 10)), tone(), tone()
        draw.rectangle((x, y, x + w, y + h), fill=first)
        if kind == 0:
            for i in range(x, x + w, pitch):
                draw.line((i, y, i, y + h), fill=second, width=max(1, pitch // 2))
        elif kind == 1:
            for i in range(y, y + h, pitch):
                draw.line((x, i, x + w, i), fill=second, width=max(1, pitch // 2))
        elif kind == 2 and w > pitch and h > pitch:
            patch = (random.random(((h + pitch) // pitch, (w + pitch) // pitch)) < random.uniform(0.2, 0.8)).astype(np.uint8) * 255
            mask = Image.fromarray(patch).resize((w, h), Image.NEAREST)
            image.paste(second, (x, y, x + w, y + h), mask)
    for _ in range(random.integers(0, 16)):
        x, y = (int(v) for v in random.integers(0, size, 2))
        far, width, fill = int(random.integers(20, size)), int(random.integers(1, 8)), tone()
        draw.line((x, y, x + far, y) if random.random() < 0.5 else (x, y, x, y + far), fill=fill, width=width)
    side, metal = int(random.integers(6, 30)), tone()
    edge = int(random.integers(0, size // 2))
    for i in range(0, size, int(side * random.uniform(1.2, 3)) + 1):
        draw.rectangle((i, edge, i + side, edge + side), fill=metal, outline=tone())
        if random.random() < 0.3:
            end = (i + random.normal(0, 30), edge - random.uniform(20, 160))
            draw.line(((i + side / 2, edge + side / 2), end), fill=_tuple(np.array((220, 200, 150)) * random.uniform(0.5, 1.1)), width=int(random.integers(1, 4)))
    return np.asarray(image)


def repeated(random, size):
    """One motif set out on a grid, as in trays, leads and arrays."""
    cell = int(2 ** random.uniform(3.5, 6.5))
    motif = Image.fromarray(texture(random, cell))
    draw = ImageDraw.Draw(motif)
    for _ in range(random.integers(1, 5)):
        x, y = random.uniform(0.15, 0.85, 2) * cell
        _shape(random, draw, x, y, random.uniform(0.08, 0.35) * cell, _tuple(color(random)))
    image = Image.fromarray(texture(random, size))
    gap = int(cell * random.choice([1, 1, random.uniform(1, 1.6)]))
    for y in range(0, size, gap):
        for x in range(0, size, gap):
            image.paste(motif, (x + int(random.integers(-1, 2)), y))
    return np.asarray(image)


def wires(random, size):
    image = Image.fromarray(texture(random, size))
    draw = ImageDraw.Draw(image)
    ink, spread = color(random), random.uniform(0, 0.4)
    angle, length = random.uniform(0, np.pi), random.uniform(0.3, 2) * size
    for _ in range(random.integers(3, 40)):
        x, y = random.uniform(0, size, 2)
        width, turn = int(random.integers(1, 9)), angle + random.normal(0, spread)
        end = (x + length * np.cos(turn), y + length * np.sin(turn))
        draw.line(((x, y), end), fill=_tuple(ink * 0.5), width=width)
        draw.line(((x, y + width * 0.2), end), fill=_tuple(ink + 30), width=max(1, width // 3))
    return np.asarray(image)


def surface(random, size):
    """A bare surface with a few faint marks: the look of magnet, steel, wafer and ceramic inspection."""
    value = 0.5 + random.uniform(0.03, 0.3) * (fractional(random, size) - 0.5)
    value += random.uniform(0, 0.3) * (random.choice((coordinates, coordinates))(random, size)[0] / size - 0.5)
    value += random.uniform(0, 0.1) * value_noise(random, size, random.integers(2, 5))
    marks = Image.new("F", (size, size))
    draw = ImageDraw.Draw(marks)
    for _ in range(random.integers(0, 12)):
        x, y = random.uniform(0, size, 2)
        depth = float(random.normal(0, 0.25))
        if random.random() < 0.5:
            _stroke(random, draw, x, y, random.uniform(10, size), depth, int(random.integers(1, 5)))
        else:
            radius = random.uniform(1, 14)
            draw.ellipse((x - radius, y - radius * random.uniform(0.4, 1), x + radius, y + radius), fill=depth)
    value = value + np.asarray(marks)
    level, gain = random.uniform(40, 200), random.uniform(40, 255)
    grey = level + gain * (value - 0.5)
    return np.clip(grey[..., None] * np.where(random.random() < 0.6, np.ones(3), random.uniform(0.7, 1.2, 3)), 0, 255).astype(np.uint8)


def plain(random, size):
    return texture(random, size)


SCENES = (dead_leaves, dead_leaves, dead_leaves, board, board, die, die, die, repeated, writing, wires, surface, surface, surface, plain, plain, plain, plain)


def scene(seed, size):
    """The image of a seed, uint8 [size, size, 3]: the same for the same versions of numpy and Pillow."""
    random = np.random.default_rng(seed)
    image = random.choice(SCENES)(random, size)
    draw = random.random()
    if draw < 0.25:
        light = 1 + random.uniform(0.1, 0.5) * value_noise(random, size, random.integers(1, 4))[..., None]
        image = np.clip(image * light, 0, 255).astype(np.uint8)
    elif draw < 0.35:
        y, x = np.mgrid[:size, :size] / size
        cy, cx, wide = random.uniform(0, 1), random.uniform(0, 1), random.uniform(0.05, 0.5)
        shine = np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / wide ** 2)[..., None]
        image = np.clip(image + random.uniform(20, 160) * shine, 0, 255).astype(np.uint8)
    return image
