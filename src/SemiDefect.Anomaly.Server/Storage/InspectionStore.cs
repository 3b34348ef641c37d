using System.Text.Json;
using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>The history of inspections, and the responses to requests with an idempotency key. Thread-safe.</summary>
internal sealed class InspectionStore(Database database)
{
    private const string Columns =
        "id, time, model, model_version, name, sha256, score, threshold, pixel_threshold, p_value, detail, picture, "
            + "picture_bytes, verdict, verdict_note, verdict_time";

    /// <summary>Entry i upgrades version i of the schema to i + 1. Entries are added, never changed.</summary>
    public static IReadOnlyList<string> Schemas { get; } =
    [
        """
        CREATE TABLE inspections (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            model TEXT NOT NULL,
            model_version TEXT NOT NULL,
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            score REAL NOT NULL,
            threshold REAL NOT NULL,
            pixel_threshold REAL NOT NULL,
            p_value REAL,
            abnormal INTEGER NOT NULL,
            detail TEXT NOT NULL,
            picture TEXT,
            picture_bytes INTEGER NOT NULL,
            verdict TEXT,
            verdict_note TEXT,
            verdict_time INTEGER);
        CREATE INDEX inspections_by_model ON inspections (model, id);
        CREATE INDEX inspections_by_time ON inspections (time);
        CREATE INDEX inspections_by_verdict ON inspections (verdict, id) WHERE verdict IS NOT NULL;
        CREATE INDEX inspections_by_picture ON inspections (picture) WHERE picture IS NOT NULL;
        CREATE TABLE requests (
            key TEXT PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            answer TEXT NOT NULL,
            time INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX requests_by_time ON requests (time);
        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            model TEXT NOT NULL,
            state TEXT NOT NULL,
            error TEXT,
            created INTEGER NOT NULL,
            ended INTEGER);
        """,
    ];

    /// <summary>Stores the inspections of one request, and its response if it has a key, in one transaction.</summary>
    /// <param name="records">The inspections, without ids.</param>
    /// <param name="answer">
    /// Makes the response to keep from the stored records; null for a request without a key.
    /// </param>
    /// <returns>The records with their ids.</returns>
    public Task<IReadOnlyList<InspectionRecord>> AddAsync(
        IReadOnlyList<InspectionRecord> records,
        Func<IReadOnlyList<InspectionRecord>, KeyedAnswer?> answer) => database.WriteAsync(connection =>
        {
            InspectionRecord[] stored = [.. records.Select(record => record with { Id = Insert(connection, record) })];
            if (answer(stored) is { } keyed)
            {
                Database.Execute(
                    connection,
                    "INSERT INTO requests (key, fingerprint, answer, time) VALUES ($key, $fingerprint, $answer, $time)",
                    ("$key", keyed.Key),
                    ("$fingerprint", keyed.Fingerprint),
                    ("$answer", keyed.Answer),
                    ("$time", keyed.Time.ToUnixTimeMilliseconds()));
            }

            return (IReadOnlyList<InspectionRecord>)stored;
        });

    /// <summary>The response to an idempotency key, or null.</summary>
    public KeyedAnswer? FindAnswer(string key) => database.Read(connection =>
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT fingerprint, answer, time FROM requests WHERE key = $key",
            ("$key", key));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read()
            ? new KeyedAnswer(key, reader.GetString(0), reader.GetString(1), Time(reader.GetInt64(2)))
            : null;
    });

    public InspectionRecord? Find(long id) => database.Read(connection => Find(connection, id));

    public IReadOnlyList<InspectionRecord> List(InspectionFilter filter, int limit) => database.Read(connection =>
    {
        using SqliteCommand command = filter.ToCommand(connection, Columns, limit);
        using SqliteDataReader reader = command.ExecuteReader();
        var records = new List<InspectionRecord>();
        while (reader.Read())
        {
            records.Add(ToRecord(reader));
        }

        return (IReadOnlyList<InspectionRecord>)records;
    });

    public long Count() => database.Read(connection => Database.Number(connection, "SELECT count(*) FROM inspections"));

    /// <summary>Sets or clears a verdict.</summary>
    /// <returns>The changed record; null if there is none.</returns>
    public Task<InspectionRecord?> SetVerdictAsync(
        long id,
        string? verdict,
        string? note,
        DateTimeOffset? time) => database.WriteAsync(connection =>
    {
        Database.Execute(
            connection,
            "UPDATE inspections SET verdict = $verdict, verdict_note = $note, verdict_time = $time WHERE id = $id",
            ("$verdict", verdict),
            ("$note", note),
            ("$time", time?.ToUnixTimeMilliseconds()),
            ("$id", id));
        return Find(connection, id);
    });

    /// <summary>The size of all kept pictures in bytes.</summary>
    public long TotalPictureBytes() =>
        database.Read(connection => Database.Number(
            connection,
            "SELECT coalesce(sum(picture_bytes), 0) FROM inspections WHERE picture IS NOT NULL"));

    public bool HasPicture(string picture) =>
        database.Read(connection => Database.Number(
            connection,
            "SELECT count(*) FROM inspections WHERE picture = $picture",
            ("$picture", picture)) > 0);

    /// <summary>
    /// Removes the pictures of the oldest inspections until <paramref name="bytes"/> are freed. The caller deletes the
    /// files.
    /// </summary>
    public Task<IReadOnlyList<(string Picture, long Bytes)>> ForgetPicturesAsync(
        long bytes,
        int most) => database.WriteAsync(connection =>
    {
        var forgotten = new List<(long Id, string Picture, long Bytes)>();
        using (SqliteCommand command = Database.Command(
            connection,
            """
            SELECT id, picture, picture_bytes FROM inspections WHERE picture IS NOT NULL ORDER BY id LIMIT $most
            """,
            ("$most", most)))
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            for (long freed = 0; freed < bytes && reader.Read(); freed += reader.GetInt64(2))
            {
                forgotten.Add((reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2)));
            }
        }

        foreach ((long id, _, _) in forgotten)
        {
            Database.Execute(
                connection,
                "UPDATE inspections SET picture = NULL, picture_bytes = 0 WHERE id = $id",
                ("$id", id));
        }

        return (IReadOnlyList<(string, long)>)[.. forgotten.Select(item => (item.Picture, item.Bytes))];
    });

    /// <summary>
    /// Deletes inspections beyond the newest <paramref name="keep"/>, and responses older than
    /// <paramref name="answersBefore"/>.
    /// </summary>
    /// <returns>The pictures that are no longer referenced.</returns>
    public Task<IReadOnlyList<(string Picture, long Bytes)>> PurgeAsync(
        long keep,
        DateTimeOffset answersBefore,
        int most) => database.WriteAsync(connection =>
    {
        Database.Execute(
            connection,
            "DELETE FROM requests WHERE time < $time",
            ("$time", answersBefore.ToUnixTimeMilliseconds()));
        var orphans = new List<(string, long)>();
        using SqliteCommand command = Database.Command(
            connection,
            """
            DELETE FROM inspections WHERE id IN (
                SELECT id FROM inspections
                WHERE id <= (SELECT coalesce(max(id), 0) FROM inspections) - $keep
                ORDER BY id
                LIMIT $most)
            RETURNING picture, picture_bytes
            """,
            ("$keep", keep),
            ("$most", most));
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (!reader.IsDBNull(0))
            {
                orphans.Add((reader.GetString(0), reader.GetInt64(1)));
            }
        }

        return (IReadOnlyList<(string, long)>)orphans;
    });

    private static long Insert(SqliteConnection connection, InspectionRecord record) => Database.Number(
        connection,
        """
        INSERT INTO inspections (
            time, model, model_version, name, sha256, score, threshold, pixel_threshold, p_value, abnormal, detail,
            picture, picture_bytes)
        VALUES (
            $time, $model, $version, $name, $sha256, $score, $threshold, $pixel, $p, $abnormal, $detail,
            $picture, $bytes)
        RETURNING id
        """,
        ("$time", record.Time.ToUnixTimeMilliseconds()),
        ("$model", record.Model),
        ("$version", record.ModelVersion),
        ("$name", record.Name),
        ("$sha256", record.Sha256),
        ("$score", record.Score),
        ("$threshold", record.Threshold),
        ("$pixel", record.PixelThreshold),
        ("$p", record.PValue),
        ("$abnormal", record.IsAbnormal ? 1 : 0),
        ("$detail", JsonSerializer.Serialize(record.Detail, ServerJson.Types.InspectionDetail)),
        ("$picture", record.Picture),
        ("$bytes", record.PictureBytes));

    private static InspectionRecord? Find(SqliteConnection connection, long id)
    {
        using SqliteCommand command = Database.Command(
            connection,
            $"SELECT {Columns} FROM inspections WHERE id = $id",
            ("$id", id));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? ToRecord(reader) : null;
    }

    private static InspectionRecord ToRecord(SqliteDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Time = Time(reader.GetInt64(1)),
        Model = reader.GetString(2),
        ModelVersion = reader.GetString(3),
        Name = reader.GetString(4),
        Sha256 = reader.GetString(5),
        Score = reader.GetDouble(6),
        Threshold = reader.GetDouble(7),
        PixelThreshold = reader.GetDouble(8),
        PValue = reader.IsDBNull(9) ? null : reader.GetDouble(9),
        Detail = JsonSerializer.Deserialize(reader.GetString(10), ServerJson.Types.InspectionDetail)!,
        Picture = reader.IsDBNull(11) ? null : reader.GetString(11),
        PictureBytes = reader.GetInt64(12),
        Verdict = reader.IsDBNull(13) ? null : reader.GetString(13),
        VerdictNote = reader.IsDBNull(14) ? null : reader.GetString(14),
        VerdictTime = reader.IsDBNull(15) ? null : Time(reader.GetInt64(15)),
    };

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
