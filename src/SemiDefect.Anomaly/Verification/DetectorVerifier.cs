using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Verification;

/// <summary>Compares replayed golden inputs with the recorded output. Stateless and thread-safe.</summary>
internal static class DetectorVerifier
{
    /// <summary>Replays all golden inputs.</summary>
    public static DetectorVerification Verify(
        DetectorDocument document,
        IReadOnlyList<GoldenInput> golden,
        Func<IReadOnlyList<Image>, int, int, Replay> replay)
    {
        double feature = 0;
        double relativeFeature = 0;
        double score = 0;
        double relativeScore = 0;
        var flipped = new List<string>();
        DecisionRule rule = document.Thresholds.Rule;
        double[] thresholds = rule.HasBand ? [rule.Threshold, rule.CheckThreshold!.Value] : [rule.Threshold];
        foreach (GoldenInput input in golden)
        {
            GoldenRecord record = input.Record;
            Replay here = replay(GoldenSet.CanvasesOf(input), record.OriginalWidth, record.OriginalHeight);
            if (!IsAlike(input, here))
            {
                throw new SemiDefectException(
                    "On this machine, the network gives a different number of patches or values than at the fit: fit "
                        + "again on this machine.");
            }

            for (int lane = 0; lane < record.Lanes.Count; lane++)
            {
                CompareFeatures(
                    record.Lanes[lane], input.Features[lane], here.FirstViews[lane], ref feature, ref relativeFeature);
            }

            Compare(record.Score, here.Score, ref score, ref relativeScore);
            Compare(record.Peak, here.Peak, ref score, ref relativeScore);
            for (int i = 0; i < input.PatchScores.Length; i++)
            {
                Compare(input.PatchScores[i], here.PatchScores[i], ref score, ref relativeScore);
            }

            if (rule.Decide(here.Score) != rule.Decide(record.Score))
            {
                flipped.Add(document.Fit.Images[record.Image]);
            }
        }

        double bound = DetectorVerification.SafetyFactor * Math.Max(score, Reach(document, feature));
        double[] margins =
        [
            .. document.Thresholds.ImageScores.Concat(document.Thresholds.FoldImageScores)
                .Select(held => Nearest(held, thresholds.Where(threshold => threshold != held)))
                .OfType<double>(),
        ];
        return new DetectorVerification
        {
            Images = golden.Count,
            Patches = golden.Sum(input => input.Record.Lanes.Sum(lane => lane.Patches.Count)),
            FeatureDeviation = feature,
            RelativeFeatureDeviation = relativeFeature,
            ScoreDeviation = score,
            RelativeScoreDeviation = relativeScore,
            ScoreBound = bound,
            NearestMargin =
                margins.Concat(golden.Select(input => Nearest(input.Record.Score, thresholds)!.Value))
                    .Cast<double?>().Min(),
            WithinBound = bound == 0 ? 0 : margins.Count(margin => margin <= bound),
            Flipped = flipped,
        };
    }

    private static double? Nearest(double score, IEnumerable<double> thresholds) =>
        thresholds.Min(threshold => (double?)Math.Abs(score - threshold));

    private static bool IsAlike(GoldenInput input, Replay here) =>
        here.PatchScores.Length == input.PatchScores.Length
        && here.FirstViews.Count == input.Features.Count
        && input.Record.Lanes.Zip(here.FirstViews, input.Features).All(lane =>
            lane.Second.Dimension * lane.First.Patches.Count == lane.Third.Length
            && lane.First.Patches.All(patch => (uint)patch < (uint)lane.Second.Layout.Count));

    // The possible change of a score at the threshold if the features move by this much. On the common scale of several
    // branches, a branch's score is divided by its spread.
    private static double Reach(DetectorDocument document, double move)
    {
        if (document.Fusion.Scales.Count > 0)
        {
            return document.Branches.Zip(document.Fusion.Scales).Max(branch =>
            {
                double moved = Reach(
                    branch.First.Scoring.Metric,
                    Math.Max(0, branch.Second.Center),
                    move * Whitened(document.Lanes[branch.First.Lane]));
                return Math.Abs(branch.Second.Normalize(moved) - branch.Second.Normalize(0));
            });
        }

        return Reach(
            document.Scoring.Metric,
            Math.Max(0, document.Thresholds.Image.Value),
            move * Whitened(document.Lanes[0]));
    }

    // The score is the geometric mean of a distance d and its whitened distance m, or m alone. If d changes by x, m
    // changes by at most L x, and m lies between S d and L d, where S and L bound the singular values of the whitening:
    // its square inverse has eigenvalues between the shrinkage and the dimension plus the shrinkage. So the mean
    // changes by about (sqrt(L) + L / sqrt(S)) x / 2.
    private static double Whitened(LaneRecord lane)
    {
        if (lane.Whitening is not { } whitening)
        {
            return 1;
        }

        double largest = 1 / Math.Sqrt(whitening.Shrinkage);
        if (whitening.Score == DeviationScore.Whitened)
        {
            return largest;
        }

        double smallest = 1 / Math.Sqrt(whitening.Dimension + whitening.Shrinkage);
        return (Math.Sqrt(largest) + largest / Math.Sqrt(smallest)) / 2;
    }

    private static double Reach(DistanceMetric metric, double score, double move) =>
        metric == DistanceMetric.Euclidean ? move : (2 * Math.Sqrt(score) + move) * move;

    private static void CompareFeatures(
        GoldenLane lane,
        float[] kept,
        PatchGrid here,
        ref double largest,
        ref double largestRelative)
    {
        int columns = here.Dimension;
        for (int i = 0; i < lane.Patches.Count; i++)
        {
            ReadOnlySpan<float> expected = kept.AsSpan(i * columns, columns);
            ReadOnlySpan<float> actual = here.Vectors.Span.Slice(lane.Patches[i] * columns, columns);
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
        // NaN must count as the largest deviation, not as none.
        deviation = double.IsNaN(deviation) ? double.PositiveInfinity : deviation;
        largest = Math.Max(largest, deviation);
        if (deviation > 0)
        {
            largestRelative = Math.Max(largestRelative, size > 0 ? deviation / size : double.PositiveInfinity);
        }
    }
}
