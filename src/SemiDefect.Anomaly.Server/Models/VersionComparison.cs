using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>Compares what two versions say about the latest inspections with a kept picture. Thread-safe.</summary>
internal sealed class VersionComparison(InspectionStore store, VersionScorer scorer)
{
    /// <summary>The most inspections of a comparison.</summary>
    public const int Most = 5000;

    /// <summary>Scores the latest inspections with both versions, where that was not done yet.</summary>
    /// <param name="first">A version.</param>
    /// <param name="second">Another version of the same model.</param>
    /// <param name="count">How many of the latest inspections.</param>
    /// <param name="progress">Called with the images done and their total, both versions together.</param>
    /// <param name="cancellationToken">Stops the scoring; what was scored is kept.</param>
    public async Task ScoreAsync(
        ModelVersion first,
        ModelVersion second,
        int count,
        Action<int, int> progress,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<InspectionRecord> records = Latest(first.Model, count);
        ModelVersion[] different = [.. new[] { first, second }.DistinctBy(version => version.Scoring)];
        int total = different.Sum(version => records.Count - Scored(version, records));
        int done = 0;
        foreach (ModelVersion version in different)
        {
            await scorer.ScoreAsync(version, records, () => progress(++done, total), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The latest inspections that both versions have scored, from the newest.</summary>
    /// <param name="first">A version.</param>
    /// <param name="second">Another version of the same model.</param>
    /// <param name="count">How many of the latest inspections.</param>
    /// <returns>The compared inspections, and the number of those that one of the versions has not scored.</returns>
    public (IReadOnlyList<ComparedInspection> Compared, int Unscored) Compare(
        ModelVersion first,
        ModelVersion second,
        int count)
    {
        IReadOnlyList<InspectionRecord> records = Latest(first.Model, count);
        Dictionary<long, double> before = scorer.Known(first, records);
        Dictionary<long, double> after = scorer.Known(second, records);
        ComparedInspection[] compared =
        [
            .. records
                .Where(record => before.ContainsKey(record.Id) && after.ContainsKey(record.Id))
                .Select(record => new ComparedInspection(
                    record,
                    before[record.Id],
                    first.Facts.Rule.Decide(before[record.Id]),
                    after[record.Id],
                    second.Facts.Rule.Decide(after[record.Id]))),
        ];
        return (compared, records.Count - compared.Length);
    }

    private IReadOnlyList<InspectionRecord> Latest(string model, int count) =>
        store.List(new InspectionFilter { Model = model, HasPicture = true }, count);

    private int Scored(ModelVersion version, IReadOnlyList<InspectionRecord> records)
    {
        Dictionary<long, double> known = scorer.Known(version, records);
        return records.Count(record => known.ContainsKey(record.Id));
    }
}
