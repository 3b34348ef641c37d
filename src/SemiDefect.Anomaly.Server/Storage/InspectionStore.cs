using System.Text.Json;
using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Audit;
using SemiDefect.Anomaly.Server.Inspecting;

namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>The history of inspections, and the responses to requests with an idempotency key. Thread-safe.</summary>
internal sealed class InspectionStore(Database database, AuditLog audit, InspectionFeed feed)
{
    private const string Columns =
        "id, time, model, model_version, name, sha256, score, threshold, pixel_threshold, p_value, detail, picture, "
            + "picture_bytes, verdict, verdict_note, verdict_time, check_threshold, station, lot, part";

    /// <summary>Stores the inspections of one request, and its response if it has a key, in one transaction.</summary>
    /// <param name="records">The inspections, without ids.</param>
    /// <param name="answer">
    /// Makes the response to keep from the stored records; null for a request without a key.
    /// </param>
    /// <returns>The records with their ids.</returns>
    public async Task<IReadOnlyList<InspectionRecord>> AddAsync(
        IReadOnlyList<InspectionRecord> records,
        Func<IReadOnlyList<InspectionRecord>, KeyedAnswer?> answer)
    {
        IReadOnlyList<InspectionRecord> added = await database.WriteAsync(connection =>
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
        }).ConfigureAwait(false);
        feed.Announce();
        return added;
    }

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

    /// <summary>
    /// The inspections of a model, or of all, whose part is bad according to its verdict, from the newest.
    /// </summary>
    public IReadOnlyList<InspectionRecord> KnownDefects(string? model) =>
    [
        .. List(new InspectionFilter { Model = model, Verdict = Verdicts.Confirmed, AlarmsOnly = true }, int.MaxValue)
            .Concat(List(new InspectionFilter { Model = model, Verdict = Verdicts.Missed }, int.MaxValue))
            .OrderByDescending(record => record.Id),
    ];

    /// <summary>The number of inspections by decision, as of one moment.</summary>
    public InspectionCounts Count(InspectionFilter filter) => database.Read(connection =>
    {
        // One statement reads one state of the database.
        const string Totals =
            """
            coalesce(sum(1 - abnormal - to_check), 0), coalesce(sum(to_check), 0), coalesce(sum(abnormal), 0),
            (SELECT coalesce(max(id), 0) FROM inspections)
            """;
        using SqliteCommand command = filter.ToCommand(connection, Totals);
        using SqliteDataReader reader = command.ExecuteReader();
        reader.Read();
        return new InspectionCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    });

    /// <summary>Visits inspections from the oldest to the newest, one in memory at a time.</summary>
    public void Visit(InspectionFilter filter, Action<ScoredPart> visit) => database.Read(connection =>
    {
        const string Parts = "time, model_version, score, threshold, abnormal, to_check";
        using SqliteCommand command = (filter with { After = filter.After ?? 0 })
            .ToCommand(connection, Parts, int.MaxValue);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            visit(new ScoredPart(
                Time(reader.GetInt64(0)),
                reader.GetString(1),
                reader.GetDouble(2),
                reader.GetDouble(3),
                reader.GetInt64(4) != 0 ? Decision.Abnormal
                    : reader.GetInt64(5) != 0 ? Decision.Check
                    : Decision.Normal));
        }

        return true;
    });

    /// <summary>
    /// The scores of parts that are taken for good, of versions that score alike: not abnormal, or abnormal by a false
    /// alarm.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="versions">The versions, as inspections name them; one or more.</param>
    /// <param name="isLatest">Whether the newest come first, or the oldest.</param>
    /// <param name="most">The most scores.</param>
    public IReadOnlyList<double> GoodScores(
        string model,
        IReadOnlyList<string> versions,
        bool isLatest,
        int most) => database.Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        string[] names = [.. versions.Select((_, i) => $"$v{i}")];
        for (int i = 0; i < versions.Count; i++)
        {
            command.Parameters.AddWithValue(names[i], versions[i]);
        }

        command.Parameters.AddWithValue("$model", model);
        command.Parameters.AddWithValue("$most", most);

        // The oldest ones may lie behind millions of other versions.
        string from = string.Join(
            " UNION ALL ",
            names.Select(name =>
                $"SELECT min(id) AS first FROM inspections WHERE model = $model AND model_version = {name}"));
        command.CommandText =
            $"""
            SELECT score FROM inspections
            WHERE model = $model AND model_version IN ({string.Join(", ", names)})
                AND id >= (SELECT min(first) FROM ({from}))
                AND (abnormal = 0 OR verdict = 'false_alarm')
            ORDER BY id {(isLatest ? "DESC" : "ASC")}
            LIMIT $most
            """;
        using SqliteDataReader reader = command.ExecuteReader();
        var scores = new List<double>();
        while (reader.Read())
        {
            scores.Add(reader.GetDouble(0));
        }

        return (IReadOnlyList<double>)scores;
    });

    /// <summary>The models that have inspections newer than this one.</summary>
    public IReadOnlyList<string> ModelsAfter(long id) => database.Read(connection =>
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT DISTINCT model FROM inspections WHERE id > $id ORDER BY model",
            ("$id", id));
        using SqliteDataReader reader = command.ExecuteReader();
        var models = new List<string>();
        while (reader.Read())
        {
            models.Add(reader.GetString(0));
        }

        return (IReadOnlyList<string>)models;
    });

    /// <summary>The newest inspection; 0 if there is none.</summary>
    public long LastId() =>
        database.Read(connection => Database.Number(connection, "SELECT coalesce(max(id), 0) FROM inspections"));

    public long Count() => database.Read(connection => Database.Number(connection, "SELECT count(*) FROM inspections"));

    /// <summary>Sets or clears the verdict of an inspection, with its audit entry.</summary>
    /// <returns>The changed record; null if there is none.</returns>
    public Task<InspectionRecord?> SetVerdictAsync(
        InspectionRecord changed,
        AuditDraft entry) => database.WriteAsync(connection =>
    {
        int count = Database.Execute(
            connection,
            "UPDATE inspections SET verdict = $verdict, verdict_note = $note, verdict_time = $time WHERE id = $id",
            ("$verdict", changed.Verdict),
            ("$note", changed.VerdictNote),
            ("$time", changed.VerdictTime?.ToUnixTimeMilliseconds()),
            ("$id", changed.Id));
        if (count > 0)
        {
            audit.Append(connection, entry);
        }

        return Find(connection, changed.Id);
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
    /// <paramref name="answersBefore"/>. Known defects stay, because new versions are compared on them.
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
                AND NOT (coalesce(verdict, '') = 'missed'
                    OR (coalesce(verdict, '') = 'confirmed' AND (abnormal = 1 OR to_check = 1)))
                ORDER BY id
                LIMIT $most)
            RETURNING picture, picture_bytes
            """,
            ("$keep", keep),
            ("$most", most));
        using SqliteDataReader reader = command.ExecuteReader();
        bool isAny = false;
        while (reader.Read())
        {
            isAny = true;
            if (!reader.IsDBNull(0))
            {
                orphans.Add((reader.GetString(0), reader.GetInt64(1)));
            }
        }

        if (isAny)
        {
            Database.Execute(
                connection,
                "DELETE FROM defect_scores WHERE inspection NOT IN (SELECT id FROM inspections)");
        }

        return (IReadOnlyList<(string, long)>)orphans;
    });

    private static long Insert(SqliteConnection connection, InspectionRecord record) => Database.Number(
        connection,
        """
        INSERT INTO inspections (
            time, model, model_version, name, sha256, score, threshold, pixel_threshold, p_value, abnormal, detail,
            picture, picture_bytes, check_threshold, to_check, station, lot, part)
        VALUES (
            $time, $model, $version, $name, $sha256, $score, $threshold, $pixel, $p, $abnormal, $detail,
            $picture, $bytes, $check, $toCheck, $station, $lot, $part)
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
        ("$abnormal", record.Decision == Decision.Abnormal ? 1 : 0),
        ("$detail", JsonSerializer.Serialize(record.Detail, ServerJson.Types.InspectionDetail)),
        ("$picture", record.Picture),
        ("$bytes", record.PictureBytes),
        ("$check", record.CheckThreshold),
        ("$toCheck", record.Decision == Decision.Check ? 1 : 0),
        ("$station", record.Labels.Station),
        ("$lot", record.Labels.Lot),
        ("$part", record.Labels.Part));

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
        CheckThreshold = reader.IsDBNull(16) ? null : reader.GetDouble(16),
        Labels = new PartLabels(Text(reader, 17), Text(reader, 18), Text(reader, 19)),
    };

    private static string? Text(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
