using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// What versions score on images that another version has inspected, computed once: on known defects, and on those that
/// somebody compares two versions on. Thread-safe.
/// </summary>
internal sealed class VersionScores(Database database)
{
    /// <summary>The scores by inspection, of the versions that score alike.</summary>
    public IReadOnlyDictionary<long, double> Read(string scoring) => database.Read(connection =>
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT inspection, score FROM defect_scores WHERE scoring = $scoring",
            ("$scoring", scoring));
        using SqliteDataReader reader = command.ExecuteReader();
        var scores = new Dictionary<long, double>();
        while (reader.Read())
        {
            scores[reader.GetInt64(0)] = reader.GetDouble(1);
        }

        return (IReadOnlyDictionary<long, double>)scores;
    });

    public Task AddAsync(string scoring, IReadOnlyDictionary<long, double> scores) => database.WriteAsync(connection =>
    {
        foreach ((long inspection, double score) in scores)
        {
            Database.Execute(
                connection,
                "INSERT OR REPLACE INTO defect_scores (scoring, inspection, score) VALUES ($scoring, $id, $score)",
                ("$scoring", scoring),
                ("$id", inspection),
                ("$score", score));
        }

        return scores.Count;
    });
}
