using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>Counts the planted defects found, in all and by size. Stateless.</summary>
internal static class ShareCounter
{
    /// <summary>Counts some of the trials.</summary>
    public static TuningShare Count(
        bool[] found, IReadOnlyList<PlantedTrial> trials, Func<PlantedTrial, bool>? isMeant = null)
    {
        int[] meant = [.. Enumerable.Range(0, trials.Count).Where(i => isMeant is null || isMeant(trials[i]))];
        return new TuningShare(meant.Count(i => found[i]), meant.Length);
    }

    /// <summary>Counts by size, from the smallest to the largest.</summary>
    public static IReadOnlyList<TuningShare> BySize(bool[] found, IReadOnlyList<PlantedTrial> trials) =>
    [
        .. Enumerable.Range(0, trials.Max(trial => trial.Step) + 1)
            .Select(step => Count(found, trials, trial => trial.Step == step)),
    ];
}
