using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>The jobs, persisted across restarts. Thread-safe.</summary>
internal sealed class JobStore(Database database)
{
    public Task<long> AddAsync(
        string kind,
        string model,
        DateTimeOffset created) => database.WriteAsync(connection => Database.Number(
        connection,
        "INSERT INTO jobs (kind, model, state, created) VALUES ($kind, $model, $state, $created) RETURNING id",
        ("$kind", kind),
        ("$model", model),
        ("$state", JobState.Waiting),
        ("$created", created.ToUnixTimeMilliseconds())));

    public Task EndAsync(JobJson job) => database.WriteAsync(connection => Database.Execute(
        connection,
        "UPDATE jobs SET state = $state, error = $error, ended = $ended WHERE id = $id",
        ("$state", job.State),
        ("$error", job.Error),
        ("$ended", job.Ended?.ToUnixTimeMilliseconds()),
        ("$id", job.Id)));

    /// <summary>Marks the unfinished jobs of a stopped server.</summary>
    public Task InterruptAsync(DateTimeOffset now) => database.WriteAsync(connection => Database.Execute(
        connection,
        "UPDATE jobs SET state = $state, ended = $now WHERE ended IS NULL",
        ("$state", JobState.Interrupted),
        ("$now", now.ToUnixTimeMilliseconds())));

    /// <summary>The jobs, from the newest to the oldest.</summary>
    public IReadOnlyList<JobJson> List(int limit) => database.Read(connection =>
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT id, kind, model, state, error, created, ended FROM jobs ORDER BY id DESC LIMIT $limit",
            ("$limit", limit));
        using SqliteDataReader reader = command.ExecuteReader();
        var jobs = new List<JobJson>();
        while (reader.Read())
        {
            jobs.Add(new JobJson(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                null,
                0,
                0,
                [],
                reader.IsDBNull(4) ? null : reader.GetString(4),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)),
                reader.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6))));
        }

        return (IReadOnlyList<JobJson>)jobs;
    });
}
