"""Derives many different images from the few in a folder: vary.py FOLDER COUNT OUT, for large.sh.

Images of the folder are used in turn. Each is randomly flipped, cropped to 80 to 100 % of its sides, and made lighter or
darker by up to 10 %, with a generator seeded by its number. Requires numpy and Pillow.
"""
import os
import sys

import numpy as np
from PIL import Image

folder, count, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
names = sorted(name for name in os.listdir(folder) if name.lower().endswith((".jpg", ".jpeg", ".png", ".bmp")))
os.makedirs(out, exist_ok=True)
for number in range(count):
    chance = np.random.default_rng(number)
    image = Image.open(os.path.join(folder, names[number % len(names)])).convert("RGB")
    width, height = (max(1, int(side * chance.uniform(0.8, 1.0))) for side in image.size)
    left, top = int(chance.integers(image.width - width + 1)), int(chance.integers(image.height - height + 1))
    pixels = np.asarray(image.crop((left, top, left + width, top + height)), np.float32)
    if chance.random() < 0.5:
        pixels = pixels[:, ::-1]
    if chance.random() < 0.5:
        pixels = pixels[::-1]
    pixels = np.clip(np.rint(pixels * chance.uniform(0.9, 1.1)), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(os.path.join(out, f"{number:06d}.jpg"), quality=95)
