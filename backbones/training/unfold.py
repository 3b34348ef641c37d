"""Writes a checkpoint of an exported network, so that training can go on from it when the checkpoints it came from are gone.

Batch normalization is taken out of the weights again, and the targets are fitted as the first run fitted them: with its
seed, generated images and photographs they come out the same. Heads that the export has reduced to fewer channels are
fitted to the targets by least squares.
"""
import argparse
import sys

import numpy
import torch
from torch import nn

import images
from onnx_network import OnnxNetwork
from student import Student
from train_backbone import Teacher, prepare, save


def unfold(path, pixels):
    """A student that computes what the file does; pixels are prepared crops whose statistics the normalizations begin with."""
    network = OnnxNetwork(path)
    kernels = [[network.get_buffer(network._slots[name]) for name in inputs[1:]] for kind, inputs, _, _ in network.nodes if kind == "Conv"]
    student = Student(tuple(len(weight) for weight, _ in kernels[-2:])).eval()
    layers = [module for module in student.modules() if isinstance(module, (nn.Conv2d, nn.BatchNorm2d))]
    for layer, following in zip(layers, layers[1:] + [None]):
        if not isinstance(layer, nn.Conv2d):
            continue
        weight, bias = kernels.pop(0)
        if isinstance(following, nn.BatchNorm2d):
            # A filter gets the size that a new one has: the learning rate then means what it means for a new network.
            size = weight.flatten(1).square().mean(1).sqrt()
            factor = (3 * weight[0].numel()) ** -0.5 / size.clamp(min=1e-3 * size.max())
            layer.weight.data.copy_(weight * factor[:, None, None, None])
            following.bias.data.copy_(bias)
            following.weight.data.copy_(1 / factor)
            following.register_forward_pre_hook(_begin)
        else:
            layer.weight.data.copy_(weight)
            layer.bias.data.copy_(bias)
    with torch.no_grad():
        student(pixels)
        for layer in layers:
            layer._forward_pre_hooks.clear()
        for made, expected in zip(student(pixels[:8]), network(pixels[:8])):
            worst = (made - expected).abs().max().item() / expected.abs().max().item()
            if not worst < 1e-3:
                raise SystemExit(f"'{path}' is not a network of this shape: its outputs differ by {worst:.2g}")
    return student


def widen(head, outputs, targets):
    """A head for the targets [rows, channels], by least squares on what the head at hand gives [rows, its channels]; the same if it has them all."""
    if outputs.shape[1] == targets.shape[1]:
        return head
    outputs = torch.cat([outputs, torch.ones(len(outputs), 1)], 1).double()
    solution = torch.linalg.lstsq(outputs.t() @ outputs, outputs.t() @ targets.double()).solution
    result = nn.Conv2d(head.in_channels, targets.shape[1], 1)
    result.weight.data = (solution[:-1].t() @ head.weight.data.double().flatten(1)).float()[:, :, None, None]
    result.bias.data = (solution[:-1].t() @ head.bias.data.double() + solution[-1]).float()
    return result


def _begin(normalization, inputs):
    """Statistics of this batch, and a factor and an offset that leave the output as it was."""
    variance, mean = torch.var_mean(inputs[0], (0, 2, 3), unbiased=False)
    normalization.running_mean.copy_(mean)
    normalization.running_var.copy_(variance)
    normalization.bias.data.add_(mean * normalization.weight)
    normalization.weight.data.mul_((variance + normalization.eps).sqrt())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", help="an .onnx file of export_backbone.py")
    parser.add_argument("out", help="the checkpoint, for --warm-start of train_backbone.py")
    parser.add_argument("--teacher", required=True)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--work", required=True, help="folder for the generated images")
    parser.add_argument("--generated", type=int, default=6000)
    options = parser.parse_args()
    drawn = images.generated(options.generated, options.work, 2)
    # The first run's crops: its options are the defaults of train_backbone.py.
    source = images.batches(images.Crops(options.photos, drawn, 128, 0.65, 1, (-0.75, 1)), 32, 0, 2)
    teacher = Teacher(options.teacher, torch.device("cpu"))
    kept = [head.out_channels for head in (Student().fine_head, Student().coarse_head)]
    teacher.fit((next(source) for _ in range(24)), kept)
    crops = numpy.concatenate([next(source) for _ in range(16)])
    student = unfold(options.network, prepare(crops, "cpu"))
    with torch.no_grad():
        rows = [[m.permute(0, 2, 3, 1).flatten(0, 2) for m in maps] for maps in (student(prepare(crops, "cpu")), teacher.targets(crops))]
    student.fine_head, student.coarse_head = map(widen, (student.fine_head, student.coarse_head), *rows)
    save(options.out, average=student.state_dict(), student_options={"outputs": tuple(kept)}, centers=teacher.centers, turns=teacher.turns)


if __name__ == "__main__":
    sys.exit(main())
