using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// Compares what two versions say about the known defects of a model: the parts that are bad according to an operator's
/// verdict. Thread-safe.
/// </summary>
internal sealed class DefectCheck(
    ServerOptions options,
    VersionLedger ledger,
    InspectionStore store,
    FeedbackStore feedback,
    DefectScores scores)
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
            await ScoreAsync(version, defects, cancellationToken).ConfigureAwait(false);
        }

        return Compare(active, next, defects);
    }

    /// <summary>The same from the scores that are known already, without scoring.</summary>
    public DefectLoss Peek(ModelVersion? active, ModelVersion next) =>
        active is null ? DefectLoss.None : Compare(active, next, store.KnownDefects(next.Model));

    private DefectLoss Compare(ModelVersion active, ModelVersion next, IReadOnlyList<InspectionRecord> defects)
    {
        Dictionary<long, double> before = Known(active, defects);
        Dictionary<long, double> after = Known(next, defects);
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

    private async Task ScoreAsync(
        ModelVersion version,
        IReadOnlyList<InspectionRecord> defects,
        CancellationToken cancellationToken)
    {
        Dictionary<long, double> known = Known(version, defects);
        InspectionRecord[] missing = [.. defects.Where(record => !known.ContainsKey(record.Id))];
        (InspectionRecord Record, byte[] Image)[] images =
        [
            .. missing.Select(record => (record, feedback.ReadImage(record)!)).Where(pair => pair.Item2 is not null),
        ];
        if (images.Length == 0)
        {
            return;
        }

        var found = new Dictionary<long, double>();
        using AnomalyDetector detector = AnomalyDetector.Load(ledger.FileOf(version), new LoadOptions
        {
            Device = options.Device,
            Threads = options.BackgroundThreads,
            ImageLimits = new ImageLimits(options.MaxImageBytes, options.MaxPixels),
        });
        foreach ((InspectionRecord record, byte[] image) in images)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                found[record.Id] = detector.Inspect(new MemoryStream(image), record.Name, cancellationToken).Score;
            }
            catch (SemiDefectException)
            {
                // It does not fit this version: counted as one that could not be compared.
            }
        }

        await scores.AddAsync(version.Scoring, found).ConfigureAwait(false);
    }

    private Dictionary<long, double> Known(ModelVersion version, IReadOnlyList<InspectionRecord> defects)
    {
        var known = new Dictionary<long, double>(scores.Read(version.Scoring));

        // The history has the score by the version that made the inspection.
        HashSet<string> same =
        [
            .. ledger.List(version.Model)
                .Where(other => other.Scoring == version.Scoring)
                .Select(other => other.Id),
        ];
        foreach (InspectionRecord record in defects.Where(record => same.Contains(record.ModelVersion)))
        {
            known[record.Id] = record.Score;
        }

        return known;
    }
}
