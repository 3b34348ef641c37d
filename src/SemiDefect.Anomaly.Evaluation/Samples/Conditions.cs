using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Samples;

/// <summary>
/// What differs from one good image to the next: how the die lies, how it was etched and probed, how it is lit, and the camera.
/// Immutable, and so thread-safe.
/// </summary>
internal sealed class Conditions
{
    /// <summary>Draws what the placement leaves open.</summary>
    public Conditions(Placement placement, SeededGenerator generator)
    {
        Pose = new Pose(0.014 * (2 * placement.Angle - 1), 5.5 * (2 * placement.ShiftX - 1), 5.5 * (2 * placement.ShiftY - 1));
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

    /// <summary>By how many pixels the outlines lie inside of where they were drawn.</summary>
    public double OverEtch { get; }

    /// <summary>How bright the light is, 1 for what the materials were set for.</summary>
    public double Gain { get; }

    /// <summary>How much the light grows from the middle to the right edge.</summary>
    public double GradientX { get; }

    /// <summary>How much the light grows from the middle to the lower edge.</summary>
    public double GradientY { get; }

    /// <summary>How much light the corners of the image lack.</summary>
    public double Vignetting { get; }

    /// <summary>How much red gains and blue loses.</summary>
    public double Warmth { get; }

    /// <summary>Where the oblique light comes from.</summary>
    public double LightX { get; }

    /// <summary>Where the oblique light comes from.</summary>
    public double LightY { get; }

    /// <summary>The standard deviation of the lens's blur, in pixels.</summary>
    public double Blur { get; }

    /// <summary>The standard deviation of the sensor's noise at half brightness, in gray levels.</summary>
    public double NoiseLevel { get; }

    /// <summary>How the passivation's thickness, and with it the tint, drifts over the die.</summary>
    public ValueNoise FilmThickness { get; }

    /// <summary>The fine texture of the surface.</summary>
    public ValueNoise Grain { get; }

    /// <summary>The seed of the needle marks on the pads.</summary>
    public ulong PadMarkSeed { get; }

    /// <summary>The seed of the sensor's noise.</summary>
    public ulong NoiseSeed { get; }
}
