using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>Runs a network on synthetic images to examine its outputs. Stateless.</summary>
internal static class BackboneProbe
{
    private const int Side = 224;

    /// <summary>The height of the synthetic images.</summary>
    public static int Height(OnnxBackbone backbone) => backbone.FixedHeight ?? Side;

    /// <summary>The width of the synthetic images.</summary>
    public static int Width(OnnxBackbone backbone) => backbone.FixedWidth ?? Side;

    /// <summary>Noise images within the range of normalized pixels; always the same.</summary>
    public static float[] Input(OnnxBackbone backbone, int images)
    {
        var generator = new SeededGenerator(0);
        float[] input = new float[images * 3 * Height(backbone) * Width(backbone)];
        for (int i = 0; i < input.Length; i++)
        {
            input[i] = (float)generator.NextDouble(-2, 2);
        }

        return input;
    }

    /// <summary>Runs the network on noise images.</summary>
    /// <exception cref="BackboneException">The network fails.</exception>
    public static IReadOnlyList<FeatureMap> Run(OnnxBackbone backbone, int images) =>
        Run(backbone, Input(backbone, images), images);

    /// <summary>Runs the network on given images.</summary>
    /// <exception cref="BackboneException">The network fails.</exception>
    public static IReadOnlyList<FeatureMap> Run(OnnxBackbone backbone, float[] input, int images) =>
        backbone.Extract(input, images, Height(backbone), Width(backbone));

    /// <summary>The taps, derived from their feature maps.</summary>
    public static BackboneTap[] Taps(OnnxBackbone backbone, IReadOnlyList<FeatureMap> maps) =>
        [
            .. maps.Select(
                map => new BackboneTap(map.Tap, map.Channels, (int)Math.Round((double)Height(backbone) / map.Height)))
        ];
}
