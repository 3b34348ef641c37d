namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>The numbers of abnormal and normal images with the same score. Immutable and thread-safe.</summary>
internal readonly record struct ScoreGroup(double Score, int Positives, int Negatives)
{
    /// <summary>The distinct scores, descending.</summary>
    public static ScoreGroup[] Descending(ReadOnlySpan<double> scores, ReadOnlySpan<bool> isAbnormal)
    {
        if (scores.Length != isAbnormal.Length)
        {
            throw new ArgumentException($"{scores.Length} scores, but {isAbnormal.Length} labels.", nameof(isAbnormal));
        }

        double[] keys = new double[scores.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            // Minus zero becomes zero, so that the two are tied.
            keys[i] = double.IsNaN(scores[i])
                ? throw new ArgumentException("A score is not a number.", nameof(scores))
                : -(scores[i] + 0.0);
        }

        bool[] labels = isAbnormal.ToArray();
        Array.Sort(keys, labels);
        var groups = new List<ScoreGroup>();
        for (int start = 0, end; start < keys.Length; start = end)
        {
            int positives = 0;
            for (end = start; end < keys.Length && keys[end] == keys[start]; end++)
            {
                positives += labels[end] ? 1 : 0;
            }

            groups.Add(new ScoreGroup(-keys[start], positives, end - start - positives));
        }

        return [.. groups];
    }
}
