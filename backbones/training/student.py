"""The default backbone: a plain residual network whose two outputs imitate a teacher's maps at strides 8 and 16."""
import torch
from torch import nn

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def _convolution(inputs, outputs, size, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """x + f(x) with f of two 3x3 convolutions, or of 1x1, 3x3 and 1x1 where a bottleneck width is given."""

    def __init__(self, width, bottleneck=0):
        super().__init__()
        if bottleneck:
            layers = [_convolution(width, bottleneck, 1), nn.ReLU(), _convolution(bottleneck, bottleneck, 3), nn.ReLU(), _convolution(bottleneck, width, 1)]
        else:
            layers = [_convolution(width, width, 3), nn.ReLU(), _convolution(width, width, 3)]
        self.branch = nn.Sequential(*layers)
        # Starting as the identity makes the first steps stable at a high learning rate.
        nn.init.zeros_(self.branch[-1][1].weight)

    def forward(self, x):
        return torch.relu(x + self.branch(x))


class Student(nn.Module):
    """Input [n, 3, h, w], RGB in [0, 1] less MEAN over STD; outputs [n, c8, h/8, w/8] and [n, c16, h/16, w/16]."""

    def __init__(self, outputs=(192, 256), widths=(32, 48, 96, 192)):
        super().__init__()
        a, b, c, d = widths
        self.fine = nn.Sequential(
            _convolution(3, a, 5, 2), nn.ReLU(),
            _convolution(a, b, 3, 2), nn.ReLU(), Residual(b),
            _convolution(b, c, 3, 2), nn.ReLU(), Residual(c), Residual(c))
        self.coarse = nn.Sequential(
            _convolution(c, d, 3, 2), nn.ReLU(), *[Residual(d, d // 2) for _ in range(5)])
        self.fine_head = nn.Conv2d(c, outputs[0], 1)
        self.coarse_head = nn.Conv2d(d, outputs[1], 1)

    def forward(self, images):
        fine = self.fine(images)
        return self.fine_head(fine), self.coarse_head(self.coarse(fine))
