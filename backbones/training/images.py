"""Where training crops come from: photographs and generated images, cropped and changed at random."""
import glob
import io
import multiprocessing
import os

import numpy as np
from PIL import Image, ImageFilter

from scenes import scene

SIDE = 288


def _scene(seed):
    return scene(seed, SIDE)


def generated(count, folder, workers):
    """Generated images [count, SIDE, SIDE, 3] as a memory-mapped array, made once and kept in the folder."""
    path = os.path.join(folder, f"generated-{SIDE}-{count}.npy")
    if not os.path.exists(path):
        os.makedirs(folder, exist_ok=True)
        temporary = path + ".part"
        array = np.lib.format.open_memmap(temporary, "w+", np.uint8, (count, SIDE, SIDE, 3))
        with multiprocessing.Pool(workers) as pool:
            for i, image in enumerate(pool.imap(_scene, range(count), 16)):
                array[i] = image
        array.flush()
        os.replace(temporary, path)
    return np.load(path, mmap_mode="r")


def photographs(folder):
    """The paths of all photographs below a folder, in order."""
    return sorted(glob.glob(os.path.join(folder, "**", "*.jpg"), recursive=True))


class Crops:
    """The crop of a number: the same crop for the same number, whichever process makes it. uint8 [size, size, 3]."""

    def __init__(self, photos, drawn, size, photo_share, seed, scales=(-0.75, 1)):
        self.paths = photographs(photos) if photos else []
        self.photos = [np.asarray(Image.open(path).convert("RGB")) for path in self.paths]
        self.drawn, self.size, self.seed, self.scales = drawn, size, seed, scales
        self.photo_share = photo_share if self.photos else 0.0

    def __call__(self, number):
        random = np.random.default_rng((self.seed, number))
        if random.random() < self.photo_share:
            source = self.photos[random.integers(len(self.photos))]
        else:
            source = self.drawn[random.integers(len(self.drawn))]
        return change(random, cut(random, source, self.size, self.scales))


def cut(random, source, size, scales):
    """A square of random place and scale (two to a power from scales), flipped and transposed, as floats."""
    height, width = source.shape[:2]
    side = min(size / 2 ** random.uniform(*scales), height, width)
    stretch = 2 ** random.uniform(-0.3, 0.3)
    w, h = min(side * stretch, width), min(side / stretch, height)
    x, y = random.uniform(0, width - w + 1e-9), random.uniform(0, height - h + 1e-9)
    left, top, right, bottom = int(x), int(y), min(int(np.ceil(x + w)), width), min(int(np.ceil(y + h)), height)
    part = Image.fromarray(source[top:bottom, left:right])
    crop = np.asarray(part.resize((size, size), Image.BILINEAR, box=(x - left, y - top, min(x - left + w, right - left), min(y - top + h, bottom - top))))
    if random.random() < 0.5:
        crop = crop[:, ::-1]
    if random.random() < 0.5:
        crop = crop[::-1]
    if random.random() < 0.5:
        crop = crop.transpose(1, 0, 2)
    return crop.astype(np.float32)


def change(random, crop):
    """Grey, contrast, brightness, tint, blur, sensor noise and JPEG artefacts, each at times."""
    if random.random() < 0.45:
        crop = np.repeat((crop @ np.array((0.299, 0.587, 0.114), np.float32))[..., None], 3, 2)
    elif random.random() < 0.3:
        crop = crop * random.uniform(0.7, 1.3, 3).astype(np.float32)
    draw = random.random()
    if draw < 0.4:
        # Inspection surfaces differ by a few grey levels: the teacher is to be matched there too.
        mean = crop.mean((0, 1))
        crop = np.clip(mean + random.uniform(-60, 60), 20, 235) + 2 ** random.uniform(-3.5, 0) * (crop - mean)
    elif draw < 0.6:
        mean = crop.mean((0, 1))
        crop = mean + random.uniform(-40, 40) + random.uniform(0.6, 1.8) * (crop - mean)
    if random.random() < 0.12:
        blurred = Image.fromarray(np.clip(crop, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(random.uniform(0.4, 2)))
        crop = np.asarray(blurred).astype(np.float32)
    if random.random() < 0.35:
        strength = 2 ** random.uniform(-1, 4)
        channels = random.choice([1, 3])
        crop = crop + strength * random.standard_normal((*crop.shape[:2], channels), dtype=np.float32)
    crop = np.clip(crop + 0.5, 0, 255).astype(np.uint8)
    if random.random() < 0.12:
        stream = io.BytesIO()
        Image.fromarray(crop).save(stream, "JPEG", quality=int(random.integers(35, 95)))
        crop = np.asarray(Image.open(stream))
    return np.ascontiguousarray(crop)


_crops = None


def _batch(numbers):
    return np.stack([_crops(number) for number in numbers])


def batches(crops, size, start, workers):
    """Batches of crops without end, made in order by other processes ahead of their use. The processes start at the call."""
    global _crops
    # Set before the fork, the photographs are in memory once.
    _crops = crops
    pool = multiprocessing.get_context("fork").Pool(workers)

    def endless():
        pending, number = [], start
        while True:
            while len(pending) < 2 * workers + 2:
                pending.append(pool.apply_async(_batch, (range(number, number + size),)))
                number += size
            yield pending.pop(0).get()

    return endless()
