using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>Runs a network on made-up images, to see what comes out. Thread-safe.</summary>
internal static class BackboneProbe
{
    private const int Side = 224;

    /// <summary>The height of the images that it is run on.</summary>
    public static int Height(OnnxBackbone backbone) => backbone.FixedHeight ?? Side;

    /// <summary>The width of the images that it is run on.</summary>
    public static int Width(OnnxBackbone backbone) => backbone.FixedWidth ?? Side;

    /// <summary>Images of noise within the range of normalized pixels, the same each time.</summary>
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

    /// <summary>Runs the network on such images.</summary>
    /// <exception cref="BackboneException">The network fails.</exception>
    public static IReadOnlyList<FeatureMap> Run(OnnxBackbone backbone, int images) => Run(backbone, Input(backbone, images), images);

    /// <summary>Runs the network on given images.</summary>
    /// <exception cref="BackboneException">The network fails.</exception>
    public static IReadOnlyList<FeatureMap> Run(OnnxBackbone backbone, float[] input, int images) =>
        backbone.Extract(input, images, Height(backbone), Width(backbone));

    /// <summary>What the maps tell of the taps.</summary>
    public static BackboneTap[] Taps(OnnxBackbone backbone, IReadOnlyList<FeatureMap> maps) =>
        [.. maps.Select(map => new BackboneTap(map.Tap, map.Channels, (int)Math.Round((double)Height(backbone) / map.Height)))];
}
