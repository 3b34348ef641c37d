using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Tests.Banks;

public class MemoryBankModelTests
{
    [Fact]
    public void Reweighted_scores_equal_anomalib()
    {
        (int[] shape, float[] features) = Golden.Read<float>("coreset/coreset_features.npy");
        using FeatureMatrix bank = FeatureMatrix.CopyOf(features.AsSpan(0, 300 * shape[1]), 300, shape[1]);
        (_, float[] patchDistances) = Golden.Read<float>("map/reweight_patch_l2.npy");
        (_, float[] expected) = Golden.Read<float>("map/reweight_scores_2x20.npy");
        var options = new ScoringOptions { ImageScore = ImageScoreRule.Reweighted };
        for (int image = 0; image < 2; image++)
        {
            PatchScores scores =
                Grids.Score(bank, options, features.AsSpan((300 + 20 * image) * shape[1], 20 * shape[1]).ToArray());
            Golden.AssertClose(
                patchDistances.AsSpan(20 * image, 20), [.. scores.Values.Select(value => (float)value)], 1e-5);
            Assert.Equal(expected[image], scores.ImageScore, 1e-4);
        }
    }

    [Fact]
    public void Reweighting_stays_finite_with_large_distances()
    {
        using FeatureMatrix bank = FeatureMatrix.CopyOf([0, 1, 2, 1e6f], 4, 1);
        var options = new ScoringOptions { ImageScore = ImageScoreRule.Reweighted, ReweightingNeighbors = 3 };
        double score = Grids.Score(bank, options, [-1e5f]).ImageScore;

        // exp of the three distances would overflow; their softmax does not: exp(-2), exp(-1), exp(0) over their sum.
        double weight = 1 - Math.Exp(-2) / (Math.Exp(-2) + Math.Exp(-1) + 1);
        Assert.Equal(1e5 * weight, score, 1e-3);
    }

    [Fact]
    public void Mean_of_k_and_metric_follow_the_options()
    {
        using FeatureMatrix bank = FeatureMatrix.CopyOf([0, 3, 4], 3, 1);
        PatchScores squared =
            Grids.Score(bank, new ScoringOptions { Neighbors = 2, Metric = DistanceMetric.SquaredEuclidean }, [1, 5]);
        Assert.Equal([(1 + 4) / 2.0, (1 + 4) / 2.0], squared.Values);
        Assert.Equal([0, 2], squared.NearestRows);
        PatchScores euclidean = Grids.Score(bank, new ScoringOptions { Neighbors = 2 }, [1, 9]);
        Assert.Equal([1.5, 5.5], euclidean.Values);
        Assert.Equal(5.5, euclidean.ImageScore);
        Assert.Equal(1, euclidean.HighestVector);
    }

    [Fact]
    public void Top_percent_mean_takes_at_least_one_patch()
    {
        using FeatureMatrix bank = FeatureMatrix.CopyOf([0], 1, 1);
        var options = new ScoringOptions { ImageScore = ImageScoreRule.TopPercentMean };
        Assert.Equal(7, Grids.Score(bank, options, [1, 7, 3]).ImageScore);
        float[] patches = [.. Enumerable.Range(1, 200).Select(i => (float)i)];
        Assert.Equal(199.5, Grids.Score(bank, options, patches).ImageScore);
    }
}
