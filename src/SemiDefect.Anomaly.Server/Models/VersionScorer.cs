using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>Scores images of the history with any version of their model. Thread-safe.</summary>
internal sealed class VersionScorer(
    ServerOptions options,
    VersionLedger ledger,
    FeedbackStore feedback,
    VersionScores scores)
{
    /// <summary>
    /// Scores the inspections that a version has not scored yet; those without a picture are left out.
    /// </summary>
    /// <param name="version">The version.</param>
    /// <param name="records">The inspections.</param>
    /// <param name="scored">Called after each image; null for nobody.</param>
    /// <param name="cancellationToken">Stops the scoring; what was scored is kept.</param>
    public async Task ScoreAsync(
        ModelVersion version,
        IReadOnlyList<InspectionRecord> records,
        Action? scored,
        CancellationToken cancellationToken)
    {
        Dictionary<long, double> known = Known(version, records);
        InspectionRecord[] missing =
        [
            .. records.Where(record => !known.ContainsKey(record.Id) && feedback.HasImage(record)),
        ];
        if (missing.Length == 0)
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
        try
        {
            foreach (InspectionRecord record in missing)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Score(detector, record, found, cancellationToken);
                scored?.Invoke();
            }
        }
        finally
        {
            await scores.AddAsync(version.Scoring, found).ConfigureAwait(false);
        }
    }

    /// <summary>The scores by a version that are known already, by inspection.</summary>
    public Dictionary<long, double> Known(ModelVersion version, IReadOnlyList<InspectionRecord> records)
    {
        var known = new Dictionary<long, double>(scores.Read(version.Scoring));

        // The history has the score by the version that made the inspection.
        HashSet<string> same =
        [
            .. ledger.List(version.Model)
                .Where(other => other.Scoring == version.Scoring)
                .Select(other => other.Id),
        ];
        foreach (InspectionRecord record in records.Where(record => same.Contains(record.ModelVersion)))
        {
            known[record.Id] = record.Score;
        }

        return known;
    }

    private void Score(
        AnomalyDetector detector,
        InspectionRecord record,
        Dictionary<long, double> found,
        CancellationToken cancellationToken)
    {
        // Its picture may have been deleted since.
        if (feedback.ReadImage(record) is not { } image)
        {
            return;
        }

        try
        {
            found[record.Id] = detector.Inspect(new MemoryStream(image), record.Name, cancellationToken).Score;
        }
        catch (SemiDefectException)
        {
            // It does not fit this version: counted as one that could not be compared.
        }
    }
}
