using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// Compares what two versions say about the known defects of a model: the parts that are bad according to an operator's
/// verdict. Thread-safe.
/// </summary>
internal sealed class DefectCheck(InspectionStore store, VersionScorer scorer)
{
    /// <summary>Scores known defects that were not scored yet, and says which would be lost.</summary>
    /// <param name="active">The active version; null if there is none, and then nothing can be lost.</param>
    /// <param name="next">The version that may become active.</param>
    /// <param name="cancellationToken">Stops the scoring.</param>
    public async Task<DefectLoss> CompareAsync(
        ModelVersion? active,
        ModelVersion next,
        CancellationToken cancellationToken)
    {
        if (active is null)
        {
            return DefectLoss.None;
        }

        IReadOnlyList<InspectionRecord> defects = store.KnownDefects(next.Model);
        foreach (ModelVersion version in new[] { active, next }.DistinctBy(version => version.Scoring))
        {
            await scorer.ScoreAsync(version, defects, scored: null, cancellationToken).ConfigureAwait(false);
        }

        return Compare(active, next, defects);
    }

    /// <summary>The same from the scores that are known already, without scoring.</summary>
    public DefectLoss Peek(ModelVersion? active, ModelVersion next) =>
        active is null ? DefectLoss.None : Compare(active, next, store.KnownDefects(next.Model));

    private DefectLoss Compare(ModelVersion active, ModelVersion next, IReadOnlyList<InspectionRecord> defects)
    {
        Dictionary<long, double> before = scorer.Known(active, defects);
        Dictionary<long, double> after = scorer.Known(next, defects);
        ComparedDefect[] compared =
        [
            .. defects.Select(record => new ComparedDefect(
                record,
                before.TryGetValue(record.Id, out double old) ? old : null,
                after.TryGetValue(record.Id, out double young) ? young : null)),
        ];
        return new DefectLoss(
            [
                .. compared.Where(defect => defect is { ScoreBefore: { } old, ScoreAfter: { } young }
                    && active.Facts.Rule.Decide(old) == Decision.Abnormal
                    && next.Facts.Rule.Decide(young) != Decision.Abnormal),
            ],
            compared.Length,
            compared.Count(defect => defect.ScoreBefore is null || defect.ScoreAfter is null));
    }
}
