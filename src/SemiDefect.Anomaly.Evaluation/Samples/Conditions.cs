using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// The variation between good images: the pose of the die, etching, probing, lighting, and the camera. Immutable and
/// thread-safe.
/// </summary>
internal sealed class Conditions
{
    /// <summary>Draws what the placement does not determine.</summary>
    public Conditions(Placement placement, SeededGenerator generator)
    {
        Pose = new Pose(
            0.014 * (2 * placement.Angle - 1), 5.5 * (2 * placement.ShiftX - 1), 5.5 * (2 * placement.ShiftY - 1));
        Gain = 0.88 + 0.22 * placement.Light;
        OverEtch = generator.NextDouble(-0.12, 0.12);
        GradientX = generator.NextDouble(-0.08, 0.08);
        GradientY = generator.NextDouble(-0.08, 0.08);
        Vignetting = generator.NextDouble(0.02, 0.1);
        Warmth = generator.NextDouble(-0.025, 0.025);
        LightX = -0.7 + generator.NextDouble(-0.1, 0.1);
        LightY = -0.7 + generator.NextDouble(-0.1, 0.1);
        Blur = generator.NextDouble(0.55, 0.75);
        NoiseLevel = generator.NextDouble(0.45, 0.8);
        FilmThickness = new ValueNoise(generator, 60);
        Grain = new ValueNoise(generator, 1.9);
        PadMarkSeed = generator.NextUInt64();
        NoiseSeed = generator.NextUInt64();
    }

    public Pose Pose { get; }

    /// <summary>The number of pixels by which outlines are shrunk.</summary>
    public double OverEtch { get; }

    /// <summary>The brightness of the light; 1 is the nominal value of the materials.</summary>
    public double Gain { get; }

    /// <summary>The increase of the light from the center to the right edge.</summary>
    public double GradientX { get; }

    /// <summary>The increase of the light from the center to the lower edge.</summary>
    public double GradientY { get; }

    /// <summary>The decrease of the light toward the corners of the image.</summary>
    public double Vignetting { get; }

    /// <summary>The increase of red and decrease of blue.</summary>
    public double Warmth { get; }

    /// <summary>The horizontal direction of the oblique light.</summary>
    public double LightX { get; }

    /// <summary>The vertical direction of the oblique light.</summary>
    public double LightY { get; }

    /// <summary>The standard deviation of the lens blur, in pixels.</summary>
    public double Blur { get; }

    /// <summary>The standard deviation of the sensor noise at half brightness, in gray levels.</summary>
    public double NoiseLevel { get; }

    /// <summary>The variation of the passivation thickness, and thus of the tint, over the die.</summary>
    public ValueNoise FilmThickness { get; }

    /// <summary>The fine texture of the surface.</summary>
    public ValueNoise Grain { get; }

    /// <summary>The seed of the probe marks on the pads.</summary>
    public ulong PadMarkSeed { get; }

    /// <summary>The seed of the sensor noise.</summary>
    public ulong NoiseSeed { get; }
}
