"""Grey fields in [0, 1] and how they are colored: what the generated images are filled with."""
import numpy as np
from PIL import Image


def normalize(field):
    low, high = np.percentile(field[::3, ::3], (1, 99))
    return np.clip((field - low) / max(high - low, 1e-6), 0, 1).astype(np.float32)


def coordinates(random, size):
    """x and y turned by a random angle and gently warped, in pixels."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    angle = random.choice([0, np.pi / 2, random.uniform(0, np.pi)])
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    if random.random() < 0.4:
        strength = random.uniform(1, 12)
        u, v = u + strength * value_noise(random, size, random.integers(2, 6)), v + strength * value_noise(random, size, random.integers(2, 6))
    return u, v


def value_noise(random, size, cells):
    grid = random.standard_normal((cells + 3, cells + 3)).astype(np.float32)
    return np.asarray(Image.fromarray(grid).resize((size, size), Image.BICUBIC, box=(1, 1, cells + 2, cells + 2)))


def _spectrum(random, size, gain):
    """Noise whose spectrum is gain(fx, fy), frequencies in cycles per pixel, turned by a random angle."""
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    angle = random.uniform(0, np.pi)
    u, v = fx * np.cos(angle) + fy * np.sin(angle), fy * np.cos(angle) - fx * np.sin(angle)
    noise = np.fft.rfft2(random.standard_normal((size, size), dtype=np.float32))
    return normalize(np.fft.irfft2(noise * gain(u, v), s=(size, size)))


def fractional(random, size):
    slope, stretch = random.uniform(0.4, 2.2), random.choice([1, 1, random.uniform(1, 12)])
    return _spectrum(random, size, lambda u, v: 1 / (np.sqrt((u * stretch) ** 2 + v ** 2) + 1 / size) ** slope)


def perlin(random, size):
    cells, share = int(2 ** random.uniform(1, 4)), random.uniform(0.35, 0.8)
    field = np.zeros((size, size), np.float32)
    ridged = random.random() < 0.3
    for octave in range(random.integers(2, 6)):
        layer = value_noise(random, size, min(cells << octave, size // 2))
        field += share ** octave * (np.abs(layer) if ridged else layer)
    return normalize(field)


def gabor(random, size):
    frequency, width = 2 ** random.uniform(-6, -1.3), 0
    field = np.zeros((size, size), np.float32)
    for _ in range(random.integers(1, 4)):
        width = frequency * random.uniform(0.1, 0.6)
        across = width * random.uniform(0.3, 3)
        f, w, a = frequency, width, across
        field += _spectrum(random, size, lambda u, v: np.exp(-((u - f) / w) ** 2 - (v / a) ** 2) + np.exp(-((u + f) / w) ** 2 - (v / a) ** 2))
        frequency *= random.uniform(0.6, 1.7)
    return normalize(field)


def grating(random, size):
    u, _ = coordinates(random, size)
    wave = np.sin(u * 2 * np.pi / 2 ** random.uniform(1.3, 6) + random.uniform(0, 6))
    sharp = random.choice([0.5, 1, 4, 20])
    return (0.5 + 0.5 * np.tanh(sharp * (wave - random.uniform(-0.7, 0.7))) / np.tanh(sharp)).clip(0, 1).astype(np.float32)


def checks(random, size):
    u, v = coordinates(random, size)
    period = 2 ** random.uniform(2, 6)
    field = ((u // period).astype(int) + (v // (period * random.choice([1, 1, 0.5, 2]))).astype(int)) % 2
    return field.astype(np.float32)


def dots(random, size):
    u, v = coordinates(random, size)
    period, radius = 2 ** random.uniform(2.3, 6), random.uniform(0.15, 0.45)
    du, dv = u % period - period / 2, (v + (u // period % 2) * period * random.choice([0, 0.5])) % period - period / 2
    far = np.maximum(np.abs(du), np.abs(dv)) if random.random() < 0.4 else np.hypot(du, dv)
    return np.clip((radius * period - far) * random.choice([0.3, 1]) + 0.5, 0, 1).astype(np.float32)


def cells(random, size):
    count = int(2 ** random.uniform(3, 6.5))
    y, x = np.mgrid[:size:2, :size:2].astype(np.float32)
    stretch = random.choice([1, 1, random.uniform(1, 4)])
    points = random.uniform(0, size, (count, 2)).astype(np.float32)
    square = ((y[..., None] - points[:, 0]) * stretch) ** 2 + (x[..., None] - points[:, 1]) ** 2
    order = np.argpartition(square, 1, axis=2)[..., :2]
    near = np.sqrt(np.take_along_axis(square, order, 2))
    kind = random.integers(4)
    values = random.random(count, dtype=np.float32)
    if kind == 0:
        field = values[order[..., 0]]
    elif kind == 1:
        field = normalize(near[..., 0])
    elif kind == 2:
        field = np.minimum(np.abs(near[..., 1] - near[..., 0]) / random.uniform(2, 10), 1)
    else:
        field = values[order[..., 0]] * np.minimum(np.abs(near[..., 1] - near[..., 0]) / 3, 1)
    return np.asarray(Image.fromarray(field.astype(np.float32)).resize((size, size), Image.BILINEAR))


def brushed(random, size):
    """Brushed or turned metal: noise drawn out along lines or circles."""
    length = random.uniform(6, 60)
    if random.random() < 0.7:
        return _spectrum(random, size, lambda u, v: np.exp(-(u * length) ** 2) / (1 + (v * random.uniform(1, 8)) ** 2))
    y, x = np.mgrid[:size, :size].astype(np.float32)
    cy, cx = random.uniform(-size, 2 * size, 2)
    radius = np.hypot(y - cy, x - cx)
    profile = np.convolve(random.standard_normal(int(radius.max()) * 2 + 8), np.ones(random.integers(1, 6)), "same")
    return normalize(profile[(radius * 2).astype(int)] + 0.5 * random.standard_normal((size, size)))


def cast(random, size):
    """Cast, sintered or ground surfaces: grain with pits."""
    field = fractional(random, size) + random.uniform(0, 1) * _spectrum(random, size, lambda u, v: np.exp(-(u * u + v * v) * random.uniform(2, 60)))
    pits = _spectrum(random, size, lambda u, v: np.exp(-(u * u + v * v) * 80))
    return normalize(field - random.uniform(0, 2) * np.maximum(pits - random.uniform(0.7, 0.95), 0) * 4)


def weave(random, size):
    """Woven cloth: threads over and under in a repeated pattern."""
    u, v = coordinates(random, size)
    period = 2 ** random.uniform(1.6, 4.5)
    i, j = np.floor(u / period).astype(int), np.floor(v / period).astype(int)
    step, over = random.choice([2, 3, 4, 5]), random.integers(1, 3)
    warp = (i + random.choice([1, 1, 2]) * j) % step < over
    round_u, round_v = np.abs(np.sin(np.pi * u / period)), np.abs(np.sin(np.pi * v / period))
    tone = random.uniform(0, 0.4)
    thread = random.normal(0, 0.1, 1024)
    return np.clip(np.where(warp, round_u * 0.8 + tone + thread[i % 1024], round_v * 0.8 + thread[j % 1024]), 0, 1).astype(np.float32)


def knit(random, size):
    u, v = coordinates(random, size)
    period = 2 ** random.uniform(2.5, 5)
    slope = random.uniform(0.4, 1.2)
    phase = v + slope * np.abs(u % period - period / 2)
    return np.clip(0.5 + 0.5 * np.sin(2 * np.pi * phase / (period * random.uniform(0.5, 1))) * np.abs(np.sin(np.pi * u / period)) ** 0.5, 0, 1).astype(np.float32)


def wood(random, size):
    u, v = coordinates(random, size)
    rings = u * random.uniform(0.05, 0.4) + random.uniform(1, 5) * value_noise(random, size, random.integers(2, 5)) + v * 0.01
    return normalize(np.abs(rings % 1 - 0.5) + 0.2 * fractional(random, size))


def flat(random, size):
    return np.full((size, size), random.random(), np.float32) + random.uniform(0, 0.05) * value_noise(random, size, 3)


TEXTURES = (fractional, fractional, perlin, perlin, gabor, gabor, grating, grating, checks, dots, cells, cells, brushed, brushed, cast, cast, weave, knit, wood, flat, flat)


def field(random, size):
    """A random texture, at times the mixture or product of two."""
    value = random.choice(TEXTURES)(random, size)
    draw = random.random()
    if draw < 0.2:
        share = random.uniform(0.2, 0.8)
        value = share * value + (1 - share) * random.choice(TEXTURES)(random, size)
    elif draw < 0.3:
        value = value * random.choice(TEXTURES)(random, size)
    elif draw < 0.4:
        mask = random.choice(TEXTURES)(random, size) > random.uniform(0.3, 0.7)
        value = np.where(mask, value, random.choice(TEXTURES)(random, size))
    return value


def color(random, grey_share=0.35):
    base = random.uniform(0, 255)
    if random.random() < grey_share:
        return np.full(3, base, np.float32)
    tint = random.uniform(0, 255, 3)
    return (base + random.uniform(0.1, 1) * (tint - base)).astype(np.float32)


def colored(random, value):
    """A grey field as uint8 RGB, through a ramp of two to four colors, often of low contrast."""
    stops = np.stack([color(random) for _ in range(random.choice([2, 2, 3, 4]))])
    contrast = random.choice([1.0, random.uniform(0.05, 1)])
    stops = stops.mean(0) + contrast * (stops - stops.mean(0))
    position = np.clip(value, 0, 1) * (len(stops) - 1)
    index = np.minimum(position.astype(int), len(stops) - 2)
    share = (position - index)[..., None].astype(np.float32)
    return np.clip(stops[index] * (1 - share) + stops[index + 1] * share, 0, 255).astype(np.uint8)


def texture(random, size):
    return colored(random, field(random, size))
