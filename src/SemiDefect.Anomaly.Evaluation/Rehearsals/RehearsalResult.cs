namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>The results of a rehearsal. Immutable and thread-safe.</summary>
/// <param name="Options">The options.</param>
/// <param name="Images">The good images used, in order.</param>
/// <param name="AlreadyAbnormal">
/// The images that are called abnormal without a defect (false alarms); they are excluded.
/// </param>
/// <param name="Cells">The results of every kind, size and contrast.</param>
public sealed record RehearsalResult(
    RehearsalOptions Options,
    IReadOnlyList<ImageResult> Images,
    IReadOnlyList<string> AlreadyAbnormal,
    IReadOnlyList<RehearsalCell> Cells)
{
    private const double Enough = 0.9;

    /// <summary>The detection limits of each kind.</summary>
    public IReadOnlyList<RehearsalLimit> Limits => [.. Options.Kinds.Select(kind => new RehearsalLimit(
        kind,
        Least(
            Cells.Where(cell => cell.Kind == kind && cell.Contrast == Options.Contrasts[^1])
                .OrderByDescending(cell => cell.Size),
            cell => cell.Size),
        Least(
            Cells.Where(cell => cell.Kind == kind && cell.Size == LargestTried(kind))
                .OrderByDescending(cell => cell.Contrast),
            cell => cell.Contrast)))];

    private int LargestTried(SyntheticDefectKind kind) =>
        Cells.Where(cell => cell.Kind == kind && cell.Trials > 0).Select(cell => cell.Size).DefaultIfEmpty().Max();

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
