using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>The jobs, persisted across restarts. Thread-safe.</summary>
internal sealed class JobStore(Database database)
{
    public Task<long> AddAsync(
        NewJob job,
        DateTimeOffset created) => database.WriteAsync(connection => Database.Number(
        connection,
        """
        INSERT INTO jobs (kind, model, state, created, actor, request)
        VALUES ($kind, $model, $state, $created, $actor, $request) RETURNING id
        """,
        ("$kind", job.Kind),
        ("$model", job.Model),
        ("$actor", job.Actor),
        ("$request", job.Request),
        ("$state", JobState.Waiting),
        ("$created", created.ToUnixTimeMilliseconds())));

    public Task EndAsync(JobJson job) => database.WriteAsync(connection => Database.Execute(
        connection,
        "UPDATE jobs SET state = $state, error = $error, ended = $ended, version = $version WHERE id = $id",
        ("$state", job.State),
        ("$error", job.Error),
        ("$ended", job.Ended?.ToUnixTimeMilliseconds()),
        ("$version", job.Version),
        ("$id", job.Id)));

    /// <summary>Marks the unfinished jobs of a stopped server.</summary>
    public Task InterruptAsync(DateTimeOffset now) => database.WriteAsync(connection => Database.Execute(
        connection,
        "UPDATE jobs SET state = $state, ended = $now WHERE ended IS NULL",
        ("$state", JobState.Interrupted),
        ("$now", now.ToUnixTimeMilliseconds())));

    /// <summary>The jobs, from the newest to the oldest.</summary>
    public IReadOnlyList<JobJson> List(int limit) => Query("ORDER BY id DESC LIMIT $value", limit);

    /// <summary>One job; null if there is none.</summary>
    public JobJson? Find(long id) => Query("WHERE id = $value", id) is [var job] ? job : null;

    /// <summary>What a job was started with; null if there is none.</summary>
    public StoredRequest? FindRequest(long id) => database.Read(connection =>
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT kind, model, request FROM jobs WHERE id = $id",
            ("$id", id));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read()
            ? new StoredRequest(reader.GetString(0), reader.GetString(1), Text(reader, 2))
            : null;
    });

    private IReadOnlyList<JobJson> Query(string rest, long value) => database.Read(connection =>
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT id, kind, model, state, error, created, ended, actor, version, request IS NOT NULL FROM jobs "
                + rest,
            ("$value", value));
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
                Text(reader, 4),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)),
                reader.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)),
                Text(reader, 7),
                reader.IsDBNull(8) ? null : reader.GetInt32(8),
                reader.GetInt32(9) != 0));
        }

        return (IReadOnlyList<JobJson>)jobs;
    });

    private static string? Text(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}
