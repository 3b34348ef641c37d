using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Backbones.Onnx;

namespace SemiDefect.Anomaly.Backbones.Architectures;

/// <summary>
/// A network that was computed, not trained: the local energy of oriented quadrature filters on four octaves of
/// luminance and opponent colors (tap "orientation", stride 8), and the energy of such filters over the logarithm of
/// those energies, which tells textures apart (tap "texture", stride 16). A scattering transform in shape (Bruna and
/// Mallat 2013) with Gabor-like filters, a logarithm in place of the plain modulus, and every channel brought to a
/// deviation near one. It needs no data and no license, and serves until a trained network of ours takes its place.
/// The same bytes on every machine. Thread-safe.
/// </summary>
public static class OrientedFilterNetwork
{
    private const int Octaves = 4;
    private const int FirstOrientations = 8;
    private const int ColorOrientations = 4;
    private const int SecondOrientations = 6;

    /// <summary>Under this contrast (luminance 0..1) energies count as nothing: the noise of an 8-bit picture.</summary>
    private const float NoiseFloor = 0.002f;

    // What makes natural pictures' channels vary by about one around zero: log energies spread over e^1.2 and e^0.7.
    private const float FirstLogFactor = 0.83f;
    private const float SecondLogFactor = 1.43f;
    private const float LuminanceLogCenter = -2;
    private const float ColorLogCenter = -3.6f;
    private const float LuminanceFactor = 4;
    private const float ColorFactor = 10;

    /// <summary>The name of the network.</summary>
    public static string Name => "oriented-filters";

    /// <summary>Writes NAME.onnx and the manifest NAME.json into a folder.</summary>
    /// <exception cref="SemiDefectException">A file cannot be written.</exception>
    public static BackboneManifest Write(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        NetworkBuilder network = Build();
        return BackboneWriter.Write(Path.Combine(folder, $"{Name}.onnx"), network.WriteTo, sha256 => new BackboneManifest
        {
            Name = Name,
            License = "MIT",
            Origin = "Stopgap: an analytic network of oriented filters, computed by OrientedFilterNetwork of SemiDefect.Anomaly.Backbones, not trained.",
            Sha256 = sha256,
            Input = BackboneInput.ImageNet with { Name = NetworkBuilder.Input.Name },
            Taps = network.Taps,
            DefaultTaps = [.. network.Taps.Select(tap => tap.Name)],
            MultiplyAdds224 = network.MultiplyAdds224,
        });
    }

    private static NetworkBuilder Build()
    {
        var network = new NetworkBuilder(Name);
        float[] fine = OrientedFilterBank.Create(FirstOrientations, 9, deviation: 1.6, elongation: 1.7);
        float[] fineColor = OrientedFilterBank.Create(ColorOrientations, 9, deviation: 1.6, elongation: 1.7);
        float[] coarse = OrientedFilterBank.Create(SecondOrientations, 7, deviation: 1.3, elongation: 1.5);
        Layer luminance = ColorTransform(network, "luminance", [[1 / 3.0, 1 / 3.0, 1 / 3.0]]);
        Layer opponents = ColorTransform(network, "opponents", [[0.5, -0.5, 0], [0.25, 0.25, -0.5]]);
        var first = new List<Layer>();
        var second = new List<Layer>();
        for (int octave = 0; octave < Octaves; octave++)
        {
            int toStride8 = 8 >> octave;
            Layer energy = Energy(network, $"octave{octave}", luminance, fine, 9, FirstOrientations);
            first.Add(Logarithm(network, $"octave{octave}.orientation", energy, toStride8, FirstLogFactor, LuminanceLogCenter));
            if (octave is 1 or 2)
            {
                Layer color = Energy(network, $"octave{octave}.color", opponents, fineColor, 9, ColorOrientations);
                first.Add(Logarithm(network, $"octave{octave}.color.orientation", color, toStride8, FirstLogFactor, ColorLogCenter));
            }

            if (octave < Octaves - 1)
            {
                Layer carrier = Logarithm(network, $"octave{octave}.carrier", energy, 4 >> octave, 1, 0);
                Layer modulation = Energy(network, $"octave{octave}.modulation", carrier, coarse, 7, SecondOrientations);
                second.Add(Logarithm(network, $"octave{octave}.texture", modulation, 4, SecondLogFactor, 0));
                luminance = HalfSize(network, $"octave{octave + 1}.luminance", luminance);
                opponents = HalfSize(network, $"octave{octave + 1}.opponents", opponents);
            }
            else
            {
                second.Add(Logarithm(network, $"octave{octave}.texture", energy, 2, FirstLogFactor, LuminanceLogCenter));
            }
        }

        first.Add(Brightness(network, "brightness8", luminance, opponents));
        second.Add(Brightness(
            network,
            "brightness16",
            HalfSize(network, "octave4.luminance", luminance),
            HalfSize(network, "octave4.opponents", opponents)));
        network.Tap(Balance(network, "orientation", first));
        network.Tap(Balance(network, "texture", second));
        return network;
    }

    private static Layer ColorTransform(NetworkBuilder network, string name, double[][] rows)
    {
        BackboneInput input = BackboneInput.ImageNet;
        float[] weight = [.. rows.SelectMany(row => row.Select((value, c) => (float)(value * input.Std[c])))];
        float[] bias = [.. rows.Select(row => (float)(row[0] * input.Mean[0] + row[1] * input.Mean[1] + row[2] * input.Mean[2]))];
        return network.Convolution(name, NetworkBuilder.Input, new ConvolutionShape(rows.Length, 1), TensorContent.Of(weight), TensorContent.Of(bias));
    }

    /// <summary>sqrt(even^2 + odd^2) of each channel in each orientation.</summary>
    private static Layer Energy(NetworkBuilder network, string name, Layer input, float[] bank, int kernel, int orientations)
    {
        float[] filters = [.. Enumerable.Repeat(bank, input.Channels).SelectMany(values => values)];
        Layer responses = network.Convolution(
            $"{name}.filters",
            input,
            new ConvolutionShape(input.Channels * orientations * 2, kernel, Groups: input.Channels),
            TensorContent.Of(filters));
        Layer squares = network.Elementwise("Mul", $"{name}.squares", responses, responses);
        float[] pairs = new float[input.Channels * orientations * orientations * 2];
        for (int row = 0; row < input.Channels * orientations; row++)
        {
            int pair = row % orientations * 2;
            pairs.AsSpan((row * orientations * 2) + pair, 2).Fill(1);
        }

        Layer sums = network.Convolution(
            $"{name}.sums",
            squares,
            new ConvolutionShape(input.Channels * orientations, 1, Groups: input.Channels),
            TensorContent.Of(pairs));
        return network.Elementwise("Sqrt", $"{name}.energy", sums);
    }

    /// <summary>The logarithm of the mean over size x size cells, then factor * (value - center).</summary>
    private static Layer Logarithm(NetworkBuilder network, string name, Layer energy, int size, float factor, float center)
    {
        Layer pooled = size == 1 ? energy : network.AveragePool($"{name}.pooled", energy, size);
        float[] ones = new float[energy.Channels];
        float[] floor = new float[energy.Channels];
        Array.Fill(ones, 1);
        Array.Fill(floor, NoiseFloor);
        Layer logarithm = network.Elementwise("Log", $"{name}.log", network.ScaleAndShift($"{name}.floored", pooled, ones, floor));
        if (factor == 1 && center == 0)
        {
            return logarithm;
        }

        float[] factors = new float[energy.Channels];
        float[] terms = new float[energy.Channels];
        Array.Fill(factors, factor);
        Array.Fill(terms, -factor * center);
        return network.ScaleAndShift(name, logarithm, factors, terms);
    }

    private static Layer HalfSize(NetworkBuilder network, string name, Layer input)
    {
        float[] binomial = [0.125f, 0.375f, 0.375f, 0.125f];
        float[] kernel = [.. binomial.SelectMany(y => binomial.Select(x => x * y))];
        float[] weight = [.. Enumerable.Repeat(kernel, input.Channels).SelectMany(values => values)];
        return network.Convolution(name, input, new ConvolutionShape(input.Channels, 4, 2, input.Channels), TensorContent.Of(weight));
    }

    private static Layer Brightness(NetworkBuilder network, string name, Layer luminance, Layer opponents) =>
        network.ScaleAndShift(
            name,
            network.Concatenate($"{name}.channels", luminance, opponents),
            [LuminanceFactor, ColorFactor, ColorFactor],
            [-LuminanceFactor / 2, 0, 0]);

    /// <summary>Gives both taps the same weight in a distance, however many channels they have.</summary>
    private static Layer Balance(NetworkBuilder network, string name, List<Layer> layers)
    {
        Layer all = network.Concatenate($"{name}.channels", [.. layers]);
        float[] factors = new float[all.Channels];
        Array.Fill(factors, (float)(16 / Math.Sqrt(all.Channels)));
        return network.ScaleAndShift(name, all, factors, new float[all.Channels]);
    }
}
