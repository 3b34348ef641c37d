namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>What a rehearsal finds. Immutable, and so thread-safe.</summary>
/// <param name="Options">What was planted.</param>
/// <param name="Images">The good images used, in order.</param>
/// <param name="AlreadyAbnormal">Those that are called abnormal as they are, and were left out: false alarms.</param>
/// <param name="Cells">Every kind, size and contrast.</param>
public sealed record RehearsalResult(
    RehearsalOptions Options, IReadOnlyList<ImageResult> Images, IReadOnlyList<string> AlreadyAbnormal, IReadOnlyList<RehearsalCell> Cells)
{
    private const double Enough = 0.9;

    /// <summary>The least that is found of each kind.</summary>
    public IReadOnlyList<RehearsalLimit> Limits => [.. Options.Kinds.Select(kind => new RehearsalLimit(
        kind,
        Least(Cells.Where(cell => cell.Kind == kind && cell.Contrast == Options.Contrasts[^1]).OrderByDescending(cell => cell.Size), cell => cell.Size),
        Least(Cells.Where(cell => cell.Kind == kind && cell.Size == LargestTried(kind)).OrderByDescending(cell => cell.Contrast), cell => cell.Contrast)))];

    private int LargestTried(SyntheticDefectKind kind) => Cells.Where(cell => cell.Kind == kind && cell.Trials > 0).Select(cell => cell.Size).DefaultIfEmpty().Max();

    private static T? Least<T>(IEnumerable<RehearsalCell> descending, Func<RehearsalCell, T> value)
        where T : struct
    {
        T? least = null;
        foreach (RehearsalCell cell in descending.Where(cell => cell.Trials > 0).TakeWhile(cell => cell.Rate >= Enough))
        {
            least = value(cell);
        }

        return least;
    }
}
