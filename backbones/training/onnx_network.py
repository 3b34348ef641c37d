"""Runs an ONNX convolutional network in torch, without the onnx package: a teacher, or a check of what was exported.

Only what residual networks are made of is known; anything else is refused by name.
"""
import struct

import numpy as np
import torch
import torch.nn.functional as F


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data):
    """(number, value) of every field of a protocol buffer message; integers, or bytes-like."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at:at + size], at + size
        elif kind == 5:
            value, at = data[at:at + 4], at + 4
        elif kind == 1:
            value, at = data[at:at + 8], at + 8
        else:
            raise ValueError(f"not a protocol buffer: wire type {kind}")
        yield key >> 3, value


def _text(value):
    return bytes(value).decode()


def _signed(value):
    return value - (1 << 64) if value >= 1 << 63 else value


def _integers(value):
    if isinstance(value, int):
        return [_signed(value)]
    numbers, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        numbers.append(_signed(number))
    return numbers


def _tensor(data):
    shape, kind, name, raw, floats, longs = [], 1, "", None, b"", []
    for number, value in _fields(data):
        if number == 1:
            shape += _integers(value)
        elif number == 2:
            kind = value
        elif number == 4:
            floats += bytes(value)
        elif number == 7:
            longs += _integers(value)
        elif number == 8:
            name = _text(value)
        elif number == 9:
            raw = bytes(value)
    types = {1: np.float32, 7: np.int64}
    if kind not in types:
        raise ValueError(f"tensor '{name}' has the element type {kind}; float32 and int64 are known")
    if raw is not None:
        array = np.frombuffer(raw, types[kind])
    else:
        array = np.frombuffer(floats, np.float32) if kind == 1 else np.array(longs, np.int64)
    return name, array.reshape(shape).copy()


def _attribute(data):
    name, value, numbers = "", None, []
    for number, field in _fields(data):
        if number == 1:
            name = _text(field)
        elif number == 2:
            value = struct.unpack("<f", bytes(field))[0]
        elif number == 3:
            value = _signed(field)
        elif number == 4:
            value = _text(field)
        elif number == 5:
            value = _tensor(field)[1]
        elif number == 8:
            numbers += _integers(field)
    return name, numbers or value


def _node(data):
    inputs, outputs, kind, attributes = [], [], "", {}
    for number, value in _fields(data):
        if number == 1:
            inputs.append(_text(value))
        elif number == 2:
            outputs.append(_text(value))
        elif number == 4:
            kind = _text(value)
        elif number == 5:
            name, content = _attribute(value)
            attributes[name] = content
    return kind, inputs, outputs, attributes


class OnnxNetwork(torch.nn.Module):
    """The network of an ONNX file; called with [n, 3, h, w] it gives the list of its outputs."""

    def __init__(self, path):
        super().__init__()
        with open(path, "rb") as file:
            data = memoryview(file.read())
        graph = next(value for number, value in _fields(data) if number == 7)
        self.nodes, self.inputs, self.outputs, constants = [], [], [], {}
        for number, value in _fields(graph):
            if number == 1:
                self.nodes.append(_node(value))
            elif number == 5:
                name, array = _tensor(value)
                constants[name] = array
            elif number in (11, 12):
                name = next(_text(field) for tag, field in _fields(value) if tag == 1)
                (self.inputs if number == 11 else self.outputs).append(name)
        self.inputs = [name for name in self.inputs if name not in constants]
        self._slots = {}
        for i, (name, array) in enumerate(constants.items()):
            self._slots[name] = f"constant{i}"
            self.register_buffer(f"constant{i}", torch.from_numpy(array))

    def forward(self, images):
        values = {self.inputs[0]: images}

        def get(name):
            return values[name] if name in values else getattr(self, self._slots[name])

        for kind, inputs, outputs, attributes in self.nodes:
            values[outputs[0]] = self._compute(kind, [get(name) for name in inputs if name], attributes)
        return [values[name] for name in self.outputs]

    @staticmethod
    def _compute(kind, x, attributes):
        if kind in ("Conv", "MaxPool"):
            pads = attributes.get("pads", [0, 0, 0, 0])
            stride = attributes.get("strides", [1, 1])
            value, pad = x[0], [pads[0], pads[1]]
            if pads[:2] != pads[2:]:
                fill = 0.0 if kind == "Conv" else float("-inf")
                value, pad = F.pad(value, (pads[1], pads[3], pads[0], pads[2]), value=fill), [0, 0]
            if kind == "MaxPool":
                return F.max_pool2d(value, attributes["kernel_shape"], stride, pad)
            return F.conv2d(value, x[1], x[2] if len(x) > 2 else None, stride, pad, attributes.get("dilations", [1, 1]), attributes.get("group", 1))
        if kind == "BatchNormalization":
            return F.batch_norm(x[0], x[3], x[4], x[1], x[2], False, 0.0, attributes.get("epsilon", 1e-5))
        if kind == "Relu":
            return F.relu(x[0])
        if kind == "Add":
            return x[0] + x[1]
        if kind == "Identity":
            return x[0]
        raise ValueError(f"the operator {kind} is not known here")

    def multiply_adds(self, size=224):
        """Multiply-adds of the convolutions for one image of size x size."""
        total, values = 0, {self.inputs[0]: torch.zeros(1, 3, size, size)}
        for kind, inputs, outputs, attributes in self.nodes:
            x = [values[name] if name in values else getattr(self, self._slots[name]).cpu() for name in inputs if name]
            values[outputs[0]] = self._compute(kind, x, attributes)
            if kind == "Conv":
                total += values[outputs[0]][0, 0].numel() * x[1].numel()
        return total
