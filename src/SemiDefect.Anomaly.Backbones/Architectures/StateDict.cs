using System.Text.RegularExpressions;
using SemiDefect.Anomaly.Backbones.Onnx;
using SemiDefect.Anomaly.Backbones.Weights;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// A weights file accessed by torchvision's parameter names: looks up parameters, checks their shapes and folds batch
/// normalization into convolutions. Thread-safe while the file is open.
/// </summary>
internal sealed partial class StateDict
{
    /// <summary>PyTorch's default for the value added to the variance.</summary>
    public const float Epsilon = 1e-5f;

    private readonly Dictionary<string, WeightTensor> _tensors;
    private readonly string _file;

    /// <summary>Wraps the tensors of a file, which must stay open until the network has been written.</summary>
    public StateDict(WeightsFile file)
    {
        _file = file.Name;
        _tensors = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach ((string name, WeightTensor tensor) in file.Tensors)
        {
            _tensors.TryAdd(Normalize(name), tensor);
        }
    }

    /// <summary>
    /// The weight and the bias of a convolution with the following batch normalization folded in. A file in which this
    /// was done already has a bias for the convolution and no normalization.
    /// </summary>
    /// <exception cref="SemiDefectException">A parameter is missing or has the wrong shape.</exception>
    public (ITensorContent Weight, ITensorContent Bias) FoldedConvolution(
        string convolution,
        string normalization,
        params long[] shape)
    {
        if (!_tensors.ContainsKey($"{normalization}.running_var"))
        {
            return _tensors.ContainsKey($"{convolution}.bias")
                ? Convolution(convolution, shape)
                : throw Missing($"{normalization}.running_var");
        }

        WeightTensor weight = Find($"{convolution}.weight", shape);
        int channels = (int)shape[0];
        WeightTensor factor = Find($"{normalization}.weight", channels);
        WeightTensor term = Find($"{normalization}.bias", channels);
        WeightTensor mean = Find($"{normalization}.running_mean", channels);
        WeightTensor variance = Find($"{normalization}.running_var", channels);
        WeightTensor? own = _tensors.ContainsKey($"{convolution}.bias") ? Find($"{convolution}.bias", channels) : null;

        // Read when the adjacent weight is written: reading them all in advance would seek through the file hundreds of
        // times.
        var folded = new Lazy<(float[] Scales, float[] Bias)>(() => Fold(
            normalization,
            factor.ToArray(),
            term.ToArray(),
            mean.ToArray(),
            variance.ToArray(),
            own?.ToArray() ?? new float[channels]));
        return (
            new WeightContent(weight, () => folded.Value.Scales),
            new LateContent(channels, () => folded.Value.Bias));
    }

    /// <summary>The weight and the bias of a convolution without batch normalization.</summary>
    /// <exception cref="SemiDefectException">A parameter is missing or has the wrong shape.</exception>
    public (ITensorContent Weight, ITensorContent Bias) Convolution(string convolution, params long[] shape) =>
        (Content($"{convolution}.weight", shape), Content($"{convolution}.bias", shape[0]));

    /// <summary>An unmodified parameter.</summary>
    /// <exception cref="SemiDefectException">The parameter is missing or has the wrong shape.</exception>
    public WeightContent Content(string name, params long[] shape) => new(Find(name, shape), null);

    /// <summary>The constants of a standalone batch normalization.</summary>
    /// <exception cref="SemiDefectException">A parameter is missing or has the wrong shape.</exception>
    public (ITensorContent Factor, ITensorContent Term, ITensorContent Mean, ITensorContent Variance) Normalization(
        string name,
        int channels) =>
        (
            Content($"{name}.weight", channels),
            Content($"{name}.bias", channels),
            Content($"{name}.running_mean", channels),
            Content($"{name}.running_var", channels));

    private (float[] Scales, float[] Bias) Fold(
        string normalization,
        float[] factor,
        float[] term,
        float[] mean,
        float[] variance,
        float[] own)
    {
        int channels = factor.Length;
        float[] scales = new float[channels];
        float[] bias = new float[channels];
        for (int i = 0; i < channels; i++)
        {
            double scale = factor[i] / Math.Sqrt((double)variance[i] + Epsilon);
            scales[i] = (float)scale;
            bias[i] = (float)(term[i] + (own[i] - (double)mean[i]) * scale);
        }

        return Array.TrueForAll(bias, float.IsFinite)
            ? (scales, bias)
            : throw new WeightsFormatException(
                $"The batch normalization '{normalization}' in '{_file}' yields values that are not finite: fetch or "
                    + "save the file again.");
    }

    private WeightTensor Find(string name, params long[] shape)
    {
        if (!_tensors.TryGetValue(name, out WeightTensor? tensor))
        {
            throw Missing(name);
        }

        return tensor.Shape.SequenceEqual(shape)
            ? tensor
            : throw new WeightsFormatException(
                $"'{name}' in '{_file}' has the shape [{string.Join(", ", tensor.Shape)}], but "
                    + $"[{string.Join(", ", shape)}] is needed: choose the architecture that the weights belong to.");
    }

    private WeightsFormatException Missing(string name) =>
        new(
            $"'{_file}' has no '{name}' (it has {_tensors.Count} tensors): choose the architecture that the weights "
                + "belong to, and taps that they reach.");

    /// <summary>
    /// Removes the name prefixes of multi-device wrappers, and repairs names with a dot inside a dense layer, which
    /// occur in torchvision's published DenseNet files but not in its modules.
    /// </summary>
    private static string Normalize(string name) =>
        DottedDenseLayer().Replace(
            name.StartsWith("module.", StringComparison.Ordinal) ? name["module.".Length..] : name, "$1$2");

    [GeneratedRegex(@"^(features\.denseblock\d+\.denselayer\d+\.(?:norm|conv))\.([12]\.)")]
    private static partial Regex DottedDenseLayer();
}
