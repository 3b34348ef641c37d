using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// Which defects are planted to compare settings: every kind in every size in every picture held out, each at a
/// contrast of its own, so that kinds and sizes weigh evenly. Stateless.
/// </summary>
internal static class TrialPlan
{
    private const double SmallestPixels = 4;

    // Of the shorter side: what is smaller is lost at any working size that is tried.
    private const double SmallestShare = 1.0 / 128;
    private const double LargestShare = 1.0 / 3;
    private const int RoomAround = 4;
    private const double FaintestShade = 0.3;
    private const double StrongestShade = 1;
    private const double FaintestStructure = 0.6;

    /// <summary>
    /// The sizes for a picture, ascending: in equal ratios from 4 pixels to a third of the shorter side.
    /// </summary>
    public static int[] Sizes(int shortestSide, int count)
    {
        double smallest = Math.Max(SmallestPixels, SmallestShare * shortestSide);
        double largest = Math.Min(LargestShare * shortestSide, shortestSide - RoomAround);
        return
        [
            .. Enumerable.Range(0, count).Select(step => (int)Math.Round(
                smallest * PortableMath.Pow(Math.Max(1, largest / smallest), step / Math.Max(1.0, count - 1)))),
        ];
    }

    /// <summary>The defects for one picture.</summary>
    public static IEnumerable<PlantedTrial> Of(int image, int shortestSide, TuningOptions options)
    {
        int[] sizes = Sizes(shortestSide, options.Sizes);
        var generator = new SeededGenerator(options.Seed ^ (0x7E57UL + (ulong)image));
        foreach ((int index, SyntheticDefectKind kind) in options.Kinds.Index())
        {
            for (int step = 0; step < sizes.Length; step++)
            {
                double draw = generator.NextDouble();
                double contrast = IsShaded(kind)
                    ? FaintestShade * PortableMath.Pow(StrongestShade / FaintestShade, draw)
                    : FaintestStructure + (1 - FaintestStructure) * draw;
                // Four sizes and nine kinds have no common factor: 36 in a row are all pairs of them.
                int turn = Modulo(index - options.Sizes * image - step, options.Kinds.Count);
                if (turn < options.KindsPerSize && sizes[step] + RoomAround <= shortestSide)
                {
                    yield return new PlantedTrial(image, kind, step, sizes[step], contrast);
                }
            }
        }
    }

    private static int Modulo(int value, int divisor) => (value % divisor + divisor) % divisor;

    private static bool IsShaded(SyntheticDefectKind kind) => kind
        is SyntheticDefectKind.Scratch
        or SyntheticDefectKind.Dot
        or SyntheticDefectKind.Stain
        or SyntheticDefectKind.Spot
        or SyntheticDefectKind.Crack
        or SyntheticDefectKind.SoftStain
        or SyntheticDefectKind.Shade;
}
