using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Banks;

/// <summary>What the score of a patch is, where its lane has a whitening.</summary>
internal enum DeviationScore
{
    /// <summary>The geometric mean of the distance and the whitened distance.</summary>
    GeometricMean,

    /// <summary>The distance alone; such a lane has no whitening in the end.</summary>
    Distance,

    /// <summary>The whitened distance alone.</summary>
    Whitened,
}

/// <summary>
/// Chooses what the score of a patch is by the out-of-fold scores of the good images: what spreads less relative to its
/// median sets a lower threshold. Stateless.
/// </summary>
internal static class DeviationScores
{
    // Fewer scores have a tail of less than six.
    private const int FewestImages = 24;

    // A smaller difference says little: the spread of 30 images is known to a seventh.
    private const double Margin = 0.9;

    /// <summary>What the score of a patch may be; the first is the default.</summary>
    /// <param name="whitening">The whitening; null for none.</param>
    /// <param name="isPerFold">Whether each fold has a bank of its own, whose scores are not compared.</param>
    public static IReadOnlyList<DeviationScore> Of(PatchWhitening? whitening, bool isPerFold) =>
        whitening is null ? [DeviationScore.Distance]
        : isPerFold ? [whitening.Record.Score]
        : [DeviationScore.GeometricMean, DeviationScore.Distance, DeviationScore.Whitened];

    /// <summary>The index of the chosen candidate.</summary>
    /// <param name="scores">For each good image, its out-of-fold score by each candidate.</param>
    public static int Choose(IReadOnlyList<IReadOnlyList<double>> scores)
    {
        if (scores.Count < FewestImages)
        {
            return 0;
        }

        double[] spreads =
        [
            .. Enumerable.Range(0, scores[0].Count)
                .Select(one => ScoreScale.Of([.. scores.Select(image => image[one])]).RelativeSpread),
        ];
        int least = Array.IndexOf(spreads, spreads.Min());
        return spreads[least] < Margin * spreads[0] ? least : 0;
    }
}
