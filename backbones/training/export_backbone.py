"""Writes the averaged network of a checkpoint, or of several, as NAME.onnx with its manifest NAME.json: batch normalization folded,
outputs reduced to their principal components, opset 13.

Needs neither the onnx package nor torch.onnx; the same checkpoint gives the same bytes. The written file is run again and
compared with the checkpoint before it is kept.
"""
import argparse
import hashlib
import json
import os
import sys
import zlib

import numpy as np
import torch
from torch import nn

import evaluate
import images
from onnx_network import OnnxNetwork
from student import MEAN, STD, Residual, Student

ORIGIN = ("Trained for this project by backbones/training/train_backbone.py: a residual network of our own that imitates stage 2 and stage 3 of "
          "ResNet50v2 (ONNX model zoo, Apache-2.0, trained on ImageNet) on openly licensed photographs and generated images.")


def _varint(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, value):
    value = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _dims(values):
    return b"".join(_bytes(1, _number(1, v) if isinstance(v, int) else _bytes(2, v)) for v in values)


def _value(name, dims):
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, 1) + _bytes(2, _dims(dims))))


class Graph:
    """The nodes and constants of a plain convolutional network."""

    def __init__(self):
        self.nodes, self.constants, self.count, self.multiply_adds = [], [], 0, 0

    def node(self, kind, inputs, attributes=b"", output=None):
        self.count += 1
        output = output or f"{kind.lower()}{self.count}"
        self.nodes.append(b"".join(_bytes(1, i) for i in inputs) + _bytes(2, output) + _bytes(3, output) + _bytes(4, kind) + attributes)
        return output

    def constant(self, name, array):
        array = np.ascontiguousarray(array, "<f4")
        self.constants.append(b"".join(_number(1, d) for d in array.shape) + _number(2, 1) + _bytes(8, name) + _bytes(9, array.tobytes()))
        return name

    def convolution(self, x, stride, convolution, normalization=None, output=None):
        weight, bias = convolution.weight.detach().double().numpy(), convolution.bias
        bias = np.zeros(len(weight)) if bias is None else bias.detach().double().numpy()
        if normalization is not None:
            n = normalization
            factor = (n.weight.detach().double() / torch.sqrt(n.running_var.double() + n.eps)).numpy()
            weight = weight * factor[:, None, None, None]
            bias = (bias - n.running_mean.double().numpy()) * factor + n.bias.detach().double().numpy()
        name, kernel, step = output or f"conv{self.count + 1}", convolution.kernel_size[0], convolution.stride[0]

        def integers(key, values):
            return _bytes(5, _bytes(1, key) + b"".join(_number(8, v) for v in values) + _number(20, 7))

        attributes = integers("kernel_shape", [kernel] * 2) + integers("strides", [step] * 2) + integers("pads", [kernel // 2] * 4)
        self.multiply_adds += (224 // (stride * step)) ** 2 * weight.size
        inputs = [x, self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        return self.node("Conv", inputs, attributes, name), stride * step

    def layers(self, x, stride, modules):
        """A sequence in which every batch normalization follows a convolution."""
        for module in modules:
            if isinstance(module, Residual):
                branch, _ = self.layers(x, stride, module.branch)
                x = self.node("Relu", [self.node("Add", [x, branch])])
            elif isinstance(module, nn.Sequential):
                x, stride = self.convolution(x, stride, module[0], module[1])
            elif isinstance(module, nn.ReLU):
                x = self.node("Relu", [x])
            else:
                raise ValueError(f"cannot write a {type(module).__name__}")
        return x, stride

    def model(self, name, outputs):
        graph = b"".join(_bytes(1, n) for n in self.nodes) + _bytes(2, name) + b"".join(_bytes(5, c) for c in self.constants)
        graph += _bytes(11, _value("input", ["n", 3, "h", "w"]))
        for tap, channels in outputs:
            graph += _bytes(12, _value(tap, ["n", channels, f"{tap}.h", f"{tap}.w"]))
        return _number(1, 7) + _bytes(2, "train_backbone") + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _number(2, 13))


def keep_principal(student, pictures, kept):
    """Turns the heads to the principal components of the patches that they give on pictures, and keeps the first so many of each."""
    rows = evaluate.patches(student, pictures)
    rows = rows.reshape(-1, rows.shape[-1])
    split = student.fine_head.out_channels
    for head, part, count in zip((student.fine_head, student.coarse_head), (rows[:, :split], rows[:, split:]), kept):
        axes = torch.linalg.eigh(torch.from_numpy(np.cov(part, rowvar=False)))[1].flip(1)[:, :count]
        # The sign of an eigenvector is anyone's choice; fixed, an export repeats.
        axes = axes * torch.sign(axes.gather(0, axes.abs().argmax(0, keepdim=True)))
        head.weight.data = (axes.t() @ head.weight.data.double().flatten(1)).float()[:, :, None, None]
        head.bias.data = (axes.t() @ head.bias.data.double()).float()
        head.out_channels = count


def formula_input(side):
    """The tests' input [1, 3, side, side]; its formula is in tests/SemiDefect.Anomaly.Backbones.Tests/Golden/README.md."""
    u = np.arange(3 * side * side, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(zlib.crc32(b"input"))
    mask = np.uint64(0xFFFFFFFF)
    u &= mask
    u = ((u ^ (u >> np.uint64(16))) * np.uint64(0x45D9F3B)) & mask
    u ^= u >> np.uint64(16)
    return (4 * (u / 2.0 ** 32 - 0.5)).astype(np.float32).reshape(1, 3, side, side)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+", help="several of one lineage are averaged, weight by weight")
    parser.add_argument("out", help="NAME.onnx")
    parser.add_argument("--version", default="1")
    parser.add_argument("--golden", help="folder for the averaged network's outputs in torch, for the tests")
    parser.add_argument("--photos", help="folder of photographs by which the outputs are reduced to fewer channels; without it they stay as they are")
    parser.add_argument("--kept", type=int, nargs=2, default=(64, 128), help="principal components kept of the finer and the coarser output")
    parser.add_argument("--notice", help="text file of credits for the manifest")
    options = parser.parse_args()
    states = [torch.load(path, map_location="cpu") for path in options.checkpoints]
    weights = [state["average"] for state in states]
    student = Student(**states[0]["student_options"])
    student.load_state_dict({key: sum(w[key] for w in weights) / len(weights) if value.is_floating_point() else value for key, value in weights[0].items()})
    student.eval()
    if options.photos:
        keep_principal(student, [evaluate.read(path) for path in images.photographs(options.photos)[::12]], options.kept)

    graph = Graph()
    fine, stride8 = graph.layers("input", 1, student.fine)
    coarse, stride16 = graph.layers(fine, stride8, student.coarse)
    graph.convolution(fine, stride8, student.fine_head, output="fine")
    graph.convolution(coarse, stride16, student.coarse_head, output="coarse")
    taps = [("fine", student.fine_head.out_channels, stride8), ("coarse", student.coarse_head.out_channels, stride16)]
    name = os.path.splitext(os.path.basename(options.out))[0]
    model = graph.model(name, [tap[:2] for tap in taps])

    part = options.out + ".part"
    with open(part, "wb") as file:
        file.write(model)
    noise = torch.randn(2, 3, 96, 128, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for made, expected in zip(OnnxNetwork(part)(noise), student(noise)):
            worst = (made - expected).abs().max().item() / expected.abs().max().item()
            if not worst < 1e-4:
                raise SystemExit(f"the written network differs from the checkpoint by {worst:.2g}: {part} is not to be used")
    os.replace(part, options.out)
    if options.golden:
        with torch.no_grad():
            for (tap, *_), values in zip(taps, student(torch.from_numpy(formula_input(32)))):
                np.save(os.path.join(options.golden, f"{name}.{tap}.npy"), values.numpy())

    manifest = {"format": 1, "name": name, "version": options.version, "license": "MIT", "origin": ORIGIN}
    if options.notice:
        with open(options.notice, encoding="utf-8") as file:
            manifest["notice"] = " ".join(file.read().split())
    manifest.update({
        "sha256": hashlib.sha256(model).hexdigest(), "input": {"name": "input", "mean": list(MEAN), "std": list(STD)},
        "taps": [{"name": tap, "channels": channels, "stride": stride} for tap, channels, stride in taps],
        "defaultTaps": [tap[0] for tap in taps], "multiplyAdds224": graph.multiply_adds})
    with open(os.path.splitext(options.out)[0] + ".json", "w", encoding="utf-8", newline="\n") as file:
        json.dump(manifest, file, indent=2, ensure_ascii=False)
        file.write("\n")
    print(f"{options.out}: {len(model)} bytes, {graph.multiply_adds / 1e9:.3f} G multiply-adds at 224 px")


if __name__ == "__main__":
    sys.exit(main())
