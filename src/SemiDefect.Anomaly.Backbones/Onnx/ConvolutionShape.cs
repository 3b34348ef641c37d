namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>The parameters of a convolution.</summary>
/// <param name="Channels">Number of output channels.</param>
/// <param name="Kernel">Side length of the square kernel.</param>
/// <param name="Stride">The stride.</param>
/// <param name="Groups">Number of independent groups of channels.</param>
internal readonly record struct ConvolutionShape(int Channels, int Kernel, int Stride = 1, int Groups = 1);
