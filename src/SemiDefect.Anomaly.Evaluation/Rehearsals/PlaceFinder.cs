using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>
/// Chooses where a defect is planted: on the part, and for structural kinds where there is structure. Each choice draws
/// a fixed number of places, so that what is drawn next does not depend on the picture. Not thread-safe.
/// </summary>
internal sealed class PlaceFinder(PictureProfile profile, SeededGenerator generator)
{
    private const int Draws = 8;
    private const int StructureDraws = 4;

    // Enough for a part that takes up a tenth of the picture.
    private const int PartDraws = 32;
    private const double EnoughForeground = 0.75;
    private const double PenaltyOffPart = 1e-3;

    /// <summary>A place on the part.</summary>
    public (int Left, int Top) OnPart(int size) =>
        Best(size, place => Math.Min(EnoughForeground, profile.ForegroundOf(place.Left, place.Top, size)), PartDraws);

    /// <summary>A place with structure.</summary>
    public (int Left, int Top) Structured(int size) =>
        Best(size, place => Weight(place, size) * Structure(place, size), StructureDraws);

    /// <summary>A place on the part without structure.</summary>
    public (int Left, int Top) Flat(int size) =>
        Best(size, place => Weight(place, size) / (1 + Structure(place, size)));

    /// <summary>A place that looks different from another one.</summary>
    public (int Left, int Top) Different(int size, (int Left, int Top) from)
    {
        (double mean, double variance) = profile.BrightnessOf(from.Left, from.Top, size);
        return Best(size, place =>
        {
            (double otherMean, double otherVariance) = profile.BrightnessOf(place.Left, place.Top, size);
            return Math.Abs(otherMean - mean) + 2 * Math.Abs(Math.Sqrt(otherVariance) - Math.Sqrt(variance));
        });
    }

    private double Weight((int Left, int Top) place, int size) =>
        profile.ForegroundOf(place.Left, place.Top, size) >= 0.5 ? 1 : PenaltyOffPart;

    private double Structure((int Left, int Top) place, int size) =>
        profile.BrightnessOf(place.Left, place.Top, size).Variance;

    private (int Left, int Top) Best(int size, Func<(int Left, int Top), double> score, int draws = Draws)
    {
        (int Left, int Top) best = default;
        double highest = double.NegativeInfinity;
        for (int i = 0; i < draws; i++)
        {
            (int Left, int Top) place = (
                2 + generator.NextInt32(profile.Image.Width - size - 3),
                2 + generator.NextInt32(profile.Image.Height - size - 3));
            double value = score(place);
            if (value > highest)
            {
                (best, highest) = (place, value);
            }
        }

        return best;
    }
}
