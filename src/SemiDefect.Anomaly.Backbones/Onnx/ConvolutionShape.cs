namespace SemiDefect.Anomaly.Backbones.Onnx;

/// <summary>What a convolution looks like.</summary>
/// <param name="Channels">Output channels.</param>
/// <param name="Kernel">The side of the square kernel.</param>
/// <param name="Stride">Its step.</param>
/// <param name="Groups">The number of groups of channels that do not see each other.</param>
internal readonly record struct ConvolutionShape(int Channels, int Kernel, int Stride = 1, int Groups = 1);
