namespace SemiDefect.Anomaly.Scoring;

/// <summary>
/// How the branches of a detector are combined into one score and one map. Treat as immutable; then thread-safe.
/// </summary>
/// <param name="Rule">How scores are combined.</param>
/// <param name="Scales">
/// The scale of each branch; empty if scores are combined without scaling: with one branch, or if all branches score
/// the same patches (a memory bank per fold).
/// </param>
public sealed record ScoreFusion(FusionRule Rule, IReadOnlyList<ScoreScale> Scales)
{
    /// <summary>Unscaled scores; with several branches, the maximum.</summary>
    public static ScoreFusion Unscaled { get; } = new(FusionRule.Maximum, []);

    /// <summary>The image score.</summary>
    /// <param name="scores">One score per branch.</param>
    public double ImageScore(IReadOnlyList<double> scores)
    {
        IEnumerable<double> scaled = scores.Select((score, branch) => OnScale(branch, score));
        return Rule == FusionRule.Maximum ? scaled.Max() : scaled.Sum() / scores.Count;
    }

    /// <summary>The first branch with the highest score.</summary>
    internal int Decisive(IReadOnlyList<double> scores) =>
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

    /// <summary>Combines maps of the same size from branches with scales; negative values become 0.</summary>
    internal AnomalyMap Combine(IReadOnlyList<AnomalyMap> maps)
    {
        float[] values = new float[maps[0].Values.Length];
        for (int branch = 0; branch < maps.Count; branch++)
        {
            float[] added = maps[branch].Values;
            for (int i = 0; i < values.Length; i++)
            {
                float value = (float)Math.Max(0, OnScale(branch, added[i]));
                values[i] = Rule == FusionRule.Maximum ? Math.Max(values[i], value) : values[i] + value / maps.Count;
            }
        }

        return new AnomalyMap(maps[0].Width, maps[0].Height, values);
    }

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
        return slope * peak + (Rule == FusionRule.Maximum ? offsets.Max() : offsets.Sum() / offsets.Length);
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
}
