using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// How the branches of a detector are combined into one score and one map. Treat as immutable; then thread-safe.
/// </summary>
public sealed record ScoreFusion
{
    [JsonConstructor]
    internal ScoreFusion(FusionRule rule, IReadOnlyList<ScoreScale> scales) => (Rule, Scales) = (rule, scales);

    /// <summary>How scores are combined.</summary>
    public FusionRule Rule { get; init; }

    /// <summary>
    /// The scale of each branch; empty if scores are combined without scaling: with one branch, or if all branches
    /// score the same patches (a memory bank per fold).
    /// </summary>
    [JsonInclude]
    internal IReadOnlyList<ScoreScale> Scales { get; init; }

    /// <summary>Unscaled scores; with several branches, the maximum.</summary>
    internal static ScoreFusion Unscaled { get; } = new(FusionRule.Maximum, []);

    /// <summary>A fusion on the scale of good images.</summary>
    /// <param name="rule">How scores are combined.</param>
    /// <param name="outOfFold">For each branch, one out-of-fold score per good image, at least one, finite.</param>
    public static ScoreFusion Of(FusionRule rule, IEnumerable<IReadOnlyCollection<double>> outOfFold) =>
        new(rule, [.. outOfFold.Select(ScoreScale.Of)]);

    /// <summary>The same; with 16 scores or fewer, their spread is averaged with an expected one.</summary>
    internal static ScoreFusion OfFew(FusionRule rule, IEnumerable<IReadOnlyCollection<double>> outOfFold) =>
        new(rule, [.. outOfFold.Select(ScoreScale.OfFew)]);

    /// <summary>The image score.</summary>
    /// <param name="scores">One score per branch.</param>
    public double ImageScore(IReadOnlyList<double> scores)
    {
        double[] scaled = [.. scores.Select((score, branch) => OnScale(branch, score))];
        return Rule switch
        {
            FusionRule.Mean => scaled.Sum() / scaled.Length,
            FusionRule.Maximum => scaled.Max(),
            _ => ScoreScale.SoftMaximum(scaled),
        };
    }

    /// <summary>The first branch with the highest score on the common scale.</summary>
    /// <param name="scores">One score per branch.</param>
    public int Decisive(IReadOnlyList<double> scores) =>
        Enumerable.Range(0, scores.Count).MaxBy(branch => OnScale(branch, scores[branch]));

    /// <summary>
    /// The scores of one view by several branches without scales: each patch takes its highest score. Nearest rows and
    /// the image score are not set.
    /// </summary>
    internal static PatchScores HighestOf(IReadOnlyList<PatchScores> branches) => branches.Count == 1
        ? branches[0]
        : new PatchScores(
            branches[0].Layout,
            [
                .. Enumerable.Range(0, branches[0].Values.Length)
                    .Select(patch => branches.Max(branch => branch.Values[patch]))
            ],
            [],
            0);

    /// <summary>
    /// Combines maps of the same size from branches with scales; negative values become 0. Maps take the mean or the
    /// maximum, because exponentials of every pixel would take as long as the network.
    /// </summary>
    internal AnomalyMap Combine(IReadOnlyList<AnomalyMap> maps)
    {
        float[] values = new float[maps[0].Values.Length];
        for (int branch = 0; branch < maps.Count; branch++)
        {
            float[] added = maps[branch].Values;
            for (int i = 0; i < values.Length; i++)
            {
                float value = (float)Math.Max(0, OnScale(branch, added[i]));
                values[i] = Rule == FusionRule.Mean ? values[i] + value / maps.Count : Math.Max(values[i], value);
            }
        }

        return new AnomalyMap(maps[0].Width, maps[0].Height, values);
    }

    /// <summary>The map of one branch on the common scale; negative values become 0.</summary>
    internal AnomalyMap Scale(int branch, AnomalyMap map) => Scales.Count == 0
        ? map
        : new AnomalyMap(
            map.Width, map.Height, [.. map.Values.Select(value => (float)Math.Max(0, OnScale(branch, value)))]);

    /// <summary>
    /// The peak of the combined map where every branch peaks at the same pixel. Elsewhere it is too high for a mean,
    /// and exact for a maximum.
    /// </summary>
    /// <param name="peaks">The highest value of each branch's map.</param>
    internal double PeakOf(IReadOnlyList<double> peaks) =>
        Combine([.. peaks.Select(peak => new AnomalyMap(1, 1, [(float)peak]))]).Peak;

    /// <summary>
    /// A bound of the peak of the combined map, from its peak by the scales of another fusion: one scale is a straight
    /// line over the other, and no branch is raised by more than the steepest slope and the offset of its own.
    /// </summary>
    /// <param name="other">The same rule and branches on other scales.</param>
    /// <param name="peak">The peak by them.</param>
    internal double PeakFrom(ScoreFusion other, double peak)
    {
        if (Equals(other))
        {
            return peak;
        }

        double slope = other.Scales.Zip(Scales, (before, now) => before.Spread / now.Spread).Max();
        double[] offsets = [.. other.Scales.Zip(Scales, (before, now) => Math.Max(0, now.Normalize(before.Zero)))];
        return slope * peak + (Rule == FusionRule.Mean ? offsets.Sum() / offsets.Length : offsets.Max());
    }

    private double OnScale(int branch, double score) => Scales.Count == 0 ? score : Scales[branch].Normalize(score);

    /// <inheritdoc/>
    public bool Equals(ScoreFusion? other) =>
        other is not null && Rule == other.Rule && Scales.SequenceEqual(other.Scales);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rule, Scales.Count);
}

/// <summary>How the scores of several branches become one.</summary>
public enum FusionRule
{
    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The maximum.</summary>
    Maximum,

    /// <summary>
    /// The logarithm of the mean of exponentials, with a spread of good images as the unit: the maximum where one
    /// branch is far above the others, less 0.07 for two branches, and the mean where they agree. Maps take the
    /// maximum.
    /// </summary>
    SoftMaximum,
}

/// <summary>
/// Brings the scores of a branch to the common scale of all branches: 1 at the median of the good images' out-of-fold
/// scores, plus 0.1 per spread above it. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// The spread follows from the upper tail, because the tail sets the threshold: by the middle of the scores, the branch
/// with the longest tail would set the threshold of all.
/// </remarks>
/// <param name="Center">The median.</param>
/// <param name="Spread">The distance from the median to the score that one in a hundred good images reaches, divided by
/// 2.326, so that it is the standard deviation of a normal distribution; above 0.</param>
internal sealed record ScoreScale(double Center, double Spread)
{
    private const double Step = 0.1;

    private const double Rate = 0.01;

    /// <summary>What a normal distribution exceeds at <see cref="Rate"/>, in standard deviations.</summary>
    private const double NormalQuantile = 2.3263478740408408;

    /// <summary>The share of scores that are the tail.</summary>
    private const double TailShare = 0.25;

    // Otherwise, a branch with nearly equal scores for all good images would dominate.
    private const double LeastRelativeSpread = 1e-3;

    // If all scores are 0, for example for copies of one image, nothing else limits the score of a defect.
    private const double LeastSpread = 1e-6;

    // With one score, a branch is then on the scale of ratios to that score.
    private const double ExpectedRelativeSpread = 0.1;

    // The number of images that the expected spread counts as.
    private const int ExpectedCount = 2;

    /// <summary>
    /// The scale of a branch: with 16 scores or fewer, the spread is averaged with an expected one, so that two scores
    /// that agree by chance do not make the branch too sensitive.
    /// </summary>
    /// <param name="scores">One score per good image, at least one, finite.</param>
    public static ScoreScale OfFew(IReadOnlyCollection<double> scores)
    {
        ScoreScale scale = Of(scores);
        if (scores.Count > FewImages.Most)
        {
            return scale;
        }

        double expected = ExpectedRelativeSpread * scale.Center;
        int known = scores.Count - 1;
        double square = (ExpectedCount * expected * expected + known * scale.Spread * scale.Spread)
            / (ExpectedCount + known);
        return scale with { Spread = Math.Max(Math.Sqrt(square), LeastSpread) };
    }

    /// <summary>The scale for the out-of-fold scores of a branch.</summary>
    /// <param name="scores">One score per good image, at least one, finite.</param>
    public static ScoreScale Of(IReadOnlyCollection<double> scores)
    {
        double[] sorted = [.. scores.Order()];
        double center = Median(sorted);
        double spread = (HighScore(sorted) - center) / NormalQuantile;
        return new ScoreScale(center, Math.Max(spread, Math.Max(LeastRelativeSpread * Math.Abs(center), LeastSpread)));
    }

    /// <summary>A score of the branch on the common scale.</summary>
    public double Normalize(double score) => 1 + Step * (score - Center) / Spread;

    /// <summary>The logarithm of the mean of exponentials of scaled scores, in units of a spread.</summary>
    public static double SoftMaximum(double[] scaled)
    {
        // Relative to the maximum, no exponential overflows.
        double highest = scaled.Max();
        double mean = scaled.Sum(score => PortableMath.Exp((score - highest) / Step)) / scaled.Length;
        return highest + Step * PortableMath.Log(mean);
    }

    /// <summary>The spread relative to the median; infinite if the median is 0.</summary>
    internal double RelativeSpread => Center > 0 ? Spread / Center : double.PositiveInfinity;

    /// <summary>The score that counts as 0 on the common scale.</summary>
    internal double Zero => Center - Spread / Step;

    /// <summary>
    /// The score that <see cref="Rate"/> of good images reach, by an exponential distribution above the tail's lowest
    /// score. Its mean is that of the tail, which varies less from set to set than its highest scores do.
    /// </summary>
    private static double HighScore(double[] sorted)
    {
        int tail = (int)(TailShare * sorted.Length);
        if (tail == 0)
        {
            return sorted[^1];
        }

        double level = sorted[^(tail + 1)];
        double excess = sorted[^tail..].Sum(score => score - level) / tail;
        double share = (tail + 1) / (sorted.Length + 1.0);
        return level + excess * PortableMath.Log(share / Rate);
    }

    private static double Median(double[] sorted)
    {
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
    }
}
