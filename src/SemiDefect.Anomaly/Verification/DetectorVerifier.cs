using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Verification;

/// <summary>Compares a replay of the golden inputs with what is on record. Thread-safe: nothing is kept.</summary>
internal static class DetectorVerifier
{
    /// <summary>Replays all golden inputs.</summary>
    public static DetectorVerification Verify(DetectorDocument document, IReadOnlyList<GoldenInput> golden, Func<Image, Replay> replay)
    {
        double feature = 0;
        double relativeFeature = 0;
        double score = 0;
        double relativeScore = 0;
        var flipped = new List<string>();
        double threshold = document.Thresholds.Image.Value;
        foreach (GoldenInput input in golden)
        {
            GoldenRecord record = input.Record;
            Replay here = replay(new Image(record.Width, record.Height, input.Pixels));
            if (here.PatchScores.Length != input.PatchScores.Length || here.Embedded.Dimension * record.Patches.Count != input.Features.Length)
            {
                throw new SemiDefectException("The network gives another number of patches or values here than where the detector was made: fit again on this machine.");
            }

            CompareFeatures(input, here.Embedded, ref feature, ref relativeFeature);
            Compare(record.Score, here.Score, ref score, ref relativeScore);
            Compare(record.Peak, here.Peak, ref score, ref relativeScore);
            for (int i = 0; i < input.PatchScores.Length; i++)
            {
                Compare(input.PatchScores[i], here.PatchScores[i], ref score, ref relativeScore);
            }

            if (here.Score > threshold != record.Score > threshold)
            {
                flipped.Add(document.Fit.Images[record.Image]);
            }
        }

        double bound = DetectorVerification.SafetyFactor * Math.Max(score, Reach(document, feature));
        double[] margins =
        [
            .. document.Thresholds.ImageScores.Select(held => Math.Abs(held - threshold)).Where(margin => margin > 0),
        ];
        return new DetectorVerification
        {
            Images = golden.Count,
            Patches = golden.Sum(input => input.Record.Patches.Count),
            FeatureDeviation = feature,
            RelativeFeatureDeviation = relativeFeature,
            ScoreDeviation = score,
            RelativeScoreDeviation = relativeScore,
            ScoreBound = bound,
            NearestMargin = margins.Concat(golden.Select(input => Math.Abs(input.Record.Score - threshold))).Cast<double?>().Min(),
            WithinBound = bound == 0 ? 0 : margins.Count(margin => margin <= bound),
            Flipped = flipped,
        };
    }

    // How far a score at the threshold can go when the features move by so much.
    private static double Reach(DetectorDocument document, double move) =>
        document.Scoring.Metric == DistanceMetric.Euclidean
            ? move
            : (2 * Math.Sqrt(Math.Max(0, document.Thresholds.Image.Value)) + move) * move;

    private static void CompareFeatures(GoldenInput input, EmbeddedImage here, ref double largest, ref double largestRelative)
    {
        int columns = here.Dimension;
        for (int i = 0; i < input.Record.Patches.Count; i++)
        {
            ReadOnlySpan<float> expected = input.Features.AsSpan(i * columns, columns);
            ReadOnlySpan<float> actual = here.Rows.Span.Slice(input.Record.Patches[i] * columns, columns);
            double square = 0;
            double length = 0;
            for (int j = 0; j < columns; j++)
            {
                double difference = (double)actual[j] - expected[j];
                square += difference * difference;
                length += (double)expected[j] * expected[j];
            }

            Take(Math.Sqrt(square), Math.Sqrt(length), ref largest, ref largestRelative);
        }
    }

    private static void Compare(double expected, double actual, ref double largest, ref double largestRelative) =>
        Take(Math.Abs(actual - expected), Math.Abs(expected), ref largest, ref largestRelative);

    private static void Take(double deviation, double size, ref double largest, ref double largestRelative)
    {
        // NaN must count as the worst there is, not as none.
        deviation = double.IsNaN(deviation) ? double.PositiveInfinity : deviation;
        largest = Math.Max(largest, deviation);
        if (deviation > 0)
        {
            largestRelative = Math.Max(largestRelative, size > 0 ? deviation / size : double.PositiveInfinity);
        }
    }
}
