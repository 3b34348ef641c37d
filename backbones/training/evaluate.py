"""Judges features by patch-level anomaly detection on the evaluation sets, never trained on: a crude, quick protocol.

Squash to a square, 3x3 average pooling of every tap, upsampling to the finest, concatenation, a random bank, the
distance to the nearest row; image score is the largest of a map. Image AUROC, and pixel AUROC where masks exist.
Transistor has no defects: some of its good images are damaged artificially (a strip moved, a scratch, a blot, a part gone).
"""
import argparse
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from student import MEAN, STD, Student

SIZE = 256


def read(path, size=SIZE):
    return np.asarray(Image.open(path).convert("RGB").resize((size, size), Image.BILINEAR))


def _files(folder, step=1, first=0):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))][first::step]


def _damage(image, random):
    image = image.astype(np.float32)
    size, kind = image.shape[0], random.integers(4)
    y, x = random.integers(size // 4, 5 * size // 8, 2)
    h, w = random.integers(size // 20, size // 7, 2)
    mask = np.zeros(image.shape[:2], bool)
    if kind == 0:
        dy, dx = random.integers(-size // 10, size // 10, 2)
        image[y:y + h, x:x + w] = image[y + dy:y + dy + h, x + dx:x + dx + w].copy()
        mask[y:y + h, x:x + w] = True
    elif kind == 1:
        angle, length = random.uniform(0, np.pi), random.uniform(size / 12, size / 5)
        for t in np.linspace(0, 1, int(2 * length)):
            py, px = int(y + t * length * np.sin(angle)), int(x + t * length * np.cos(angle))
            mask[max(py, 0):py + 2, max(px, 0):px + 2] = True
        image[mask] += random.choice([-50, 60])
    elif kind == 2:
        gy, gx = np.mgrid[:size, :size]
        blot = np.exp(-(((gy - y) / (0.5 * h)) ** 2 + ((gx - x) / (0.5 * w)) ** 2))
        image += (random.choice([-1, 1]) * random.uniform(25, 60, 3) * blot[..., None])
        mask = blot > 0.3
    else:
        image[y:y + h, x:x + w] = image[y:y + h, x:x + w].mean((0, 1))
        mask[y:y + h, x:x + w] = True
    return np.clip(image, 0, 255).astype(np.uint8), mask


def transistor(root):
    files = _files(os.path.join(root, "transistor/train/good"))
    train = [read(path) for path in files[::2]]
    rest = [read(path) for path in files[1::2]]
    random = np.random.default_rng(1)
    damaged = [_damage(image, random) for image in rest + rest]
    images = rest + [image for image, _ in damaged]
    masks = [np.zeros((SIZE, SIZE), bool) for _ in rest] + [mask for _, mask in damaged]
    return train, images, masks, [0] * len(rest) + [1] * len(damaged)


def folder_set(folder, train_step=5, test_step=4):
    """A set in MVTec's layout: every train_step-th training image and every test_step-th test image."""
    train = [read(path) for path in _files(os.path.join(folder, "train/good"), train_step)]
    images, masks, labels = [], [], []
    for kind in sorted(os.listdir(os.path.join(folder, "test"))):
        for path in _files(os.path.join(folder, "test", kind), test_step):
            images.append(read(path))
            labels.append(int(kind != "good"))
            mask = os.path.join(folder, "ground_truth", kind, os.path.splitext(os.path.basename(path))[0] + "_mask.png")
            masks.append(np.asarray(Image.open(mask).convert("L").resize((SIZE, SIZE), Image.NEAREST)) > 127 if os.path.exists(mask) else np.zeros((SIZE, SIZE), bool))
    return train, images, masks, labels


def auroc(scores, labels):
    scores, labels = np.asarray(scores, np.float64), np.asarray(labels).astype(bool)
    values, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positive = labels.sum()
    return (ranks[labels].sum() - positive * (positive + 1) / 2) / (positive * (len(labels) - positive))


def patches(network, images, batch=8):
    mean, std = torch.tensor(MEAN).view(3, 1, 1), torch.tensor(STD).view(3, 1, 1)
    rows = []
    with torch.no_grad():
        for i in range(0, len(images), batch):
            x = torch.from_numpy(np.stack(images[i:i + batch])).permute(0, 3, 1, 2).float() / 255
            maps = [F.avg_pool2d(m.float(), 3, 1, 1) for m in network((x - mean) / std)]
            maps = [maps[0]] + [F.interpolate(m, maps[0].shape[2:], mode="bilinear") for m in maps[1:]]
            rows.append(torch.cat(maps, 1).permute(0, 2, 3, 1).numpy())
    return np.concatenate(rows)


def judge(train, test, masks, labels, bank_rows=4000):
    """(image AUROC, pixel AUROC) of patch features [n, h, w, d]."""
    flat = train.reshape(-1, train.shape[-1])
    bank = torch.from_numpy(flat[np.random.default_rng(0).permutation(len(flat))[:bank_rows]])
    norms, bank = bank.square().sum(1), bank.t().contiguous()
    maps = np.stack([(norms - 2 * (torch.from_numpy(x.reshape(-1, x.shape[-1])) @ bank)).min(1)[0].numpy() + np.square(x.reshape(-1, x.shape[-1])).sum(1) for x in test])
    maps = np.sqrt(np.maximum(maps, 0)).reshape(len(test), *test.shape[1:3])
    side = test.shape[1]
    small = np.stack(masks).reshape(len(masks), side, SIZE // side, side, SIZE // side).mean((2, 4)) > 0.5
    return auroc(maps.max((1, 2)), labels), auroc(maps.ravel(), small.ravel())


def evaluate(network, sets):
    result = {}
    for name, (train, images, masks, labels) in sets.items():
        result[name] = judge(patches(network, train), patches(network, images), masks, labels)
    return result


def load_sets(root):
    return {"transistor": transistor(root), "magnetic-tile": folder_set(os.path.join(root, "magnetic-tile"))}


def open_network(path):
    if path.endswith(".onnx"):
        from onnx_network import OnnxNetwork
        network = OnnxNetwork(path)
        return lambda x: network(x)[-2:]
    state = torch.load(path, map_location="cpu")
    student = Student(**state["student_options"])
    student.load_state_dict(state["average"])
    return student.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", help="folder with transistor and magnetic-tile")
    parser.add_argument("networks", nargs="+", help=".onnx files (the last two outputs are used) or checkpoints")
    options = parser.parse_args()
    sets = load_sets(options.data)
    for path in options.networks:
        for name, (image, pixel) in evaluate(open_network(path), sets).items():
            print(f"{path}\t{name}\timage AUROC {image:.3f}\tpixel AUROC {pixel:.3f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
