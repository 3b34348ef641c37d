using System.Text.Json;
using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// The tables of versions and models. Its methods run in the transaction of the given connection. Stateless.
/// </summary>
internal static class VersionStore
{
    private const string Columns =
        "v.model, v.number, v.sha256, v.bytes, v.time, v.actor, v.origin, v.parent, v.scoring, v.threshold, "
            + "v.pixel_threshold, v.method, v.rate, v.images, v.learned, u.activated, u.discarded, v.check_threshold, "
            + "v.check_rate";

    private const string From =
        "FROM versions v LEFT JOIN version_uses u ON u.model = v.model AND u.number = v.number";

    /// <summary>The versions of a model, from the newest to the oldest.</summary>
    public static IReadOnlyList<ModelVersion> List(SqliteConnection connection, string model) =>
        Query(connection, "WHERE v.model = $model ORDER BY v.number DESC", ("$model", model));

    public static ModelVersion? Find(SqliteConnection connection, string model, int number) =>
        Query(connection, "WHERE v.model = $model AND v.number = $number", ("$model", model), ("$number", number))
            .FirstOrDefault();

    public static ModelVersion? FindContent(SqliteConnection connection, string model, string sha256) =>
        Query(connection, "WHERE v.model = $model AND v.sha256 = $sha256", ("$model", model), ("$sha256", sha256))
            .FirstOrDefault();

    /// <summary>The active version; null for none.</summary>
    public static ModelVersion? FindActive(SqliteConnection connection, string model) =>
        FindRow(connection, model)?.Active is { } number ? Find(connection, model, number) : null;

    public static ModelRow? FindRow(SqliteConnection connection, string model)
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT active, pending, file_before, file_length, file_written FROM models WHERE model = $model",
            ("$model", model));
        using SqliteDataReader reader = command.ExecuteReader();
        return !reader.Read() ? null : new ModelRow(
            model,
            reader.IsDBNull(0) ? null : reader.GetInt32(0),
            reader.GetInt32(1) != 0,
            reader.IsDBNull(2) ? null : reader.GetString(2),
            reader.IsDBNull(3)
                ? null
                : new ModelStamp(reader.GetInt64(3), new DateTime(reader.GetInt64(4), DateTimeKind.Utc)));
    }

    /// <summary>The models that the database knows, in ordinal order.</summary>
    public static IReadOnlyList<string> Models(SqliteConnection connection)
    {
        using SqliteCommand command = Database.Command(connection, "SELECT model FROM models ORDER BY model");
        using SqliteDataReader reader = command.ExecuteReader();
        var models = new List<string>();
        while (reader.Read())
        {
            models.Add(reader.GetString(0));
        }

        return models;
    }

    /// <summary>Stores a version under the next number.</summary>
    public static ModelVersion Insert(SqliteConnection connection, ModelVersion version)
    {
        Database.Execute(
            connection,
            "INSERT INTO models (model, last_number, pending) VALUES ($model, 0, 0) ON CONFLICT DO NOTHING",
            ("$model", version.Model));
        int number = (int)Database.Number(
            connection,
            "UPDATE models SET last_number = last_number + 1 WHERE model = $model RETURNING last_number",
            ("$model", version.Model));
        Database.Execute(
            connection,
            """
            INSERT INTO versions (
                model, number, sha256, bytes, time, actor, origin, parent, scoring, threshold, pixel_threshold, method,
                rate, images, learned, check_threshold, check_rate)
            VALUES (
                $model, $number, $sha256, $bytes, $time, $actor, $origin, $parent, $scoring, $threshold, $pixel,
                $method, $rate, $images, $learned, $check, $checkRate)
            """,
            ("$model", version.Model),
            ("$number", number),
            ("$sha256", version.Sha256),
            ("$bytes", version.Bytes),
            ("$time", version.Time.ToUnixTimeMilliseconds()),
            ("$actor", version.Actor),
            ("$origin", version.Origin),
            ("$parent", version.Parent),
            ("$scoring", version.Scoring),
            ("$threshold", version.Facts.Threshold),
            ("$pixel", version.Facts.PixelThreshold),
            ("$method", version.Facts.Method),
            ("$rate", version.Facts.Rate),
            ("$images", version.Facts.Images),
            ("$check", version.Facts.CheckThreshold),
            ("$checkRate", version.Facts.CheckRate),
            ("$learned", JsonSerializer.Serialize(version.Learned, ServerJson.Types.IReadOnlyListInt64)));
        return version with { Number = number };
    }

    /// <summary>
    /// Makes a version the active one, or none. Until <see cref="SetFile"/>, a start of the server brings the file in
    /// line with it.
    /// </summary>
    public static void SetActive(
        SqliteConnection connection,
        string model,
        int? number,
        string? fileBefore,
        DateTimeOffset now)
    {
        Database.Execute(
            connection,
            """
            UPDATE models
            SET active = $number, pending = 1, file_before = $before, file_length = NULL, file_written = NULL
            WHERE model = $model
            """,
            ("$model", model),
            ("$number", number),
            ("$before", fileBefore));
        if (number is not null)
        {
            Use(connection, model, number.Value, "activated", now);
        }
    }

    public static void Discard(SqliteConnection connection, string model, int number, DateTimeOffset now) =>
        Use(connection, model, number, "discarded", now);

    /// <summary>Records that the file is the active version.</summary>
    public static void SetFile(SqliteConnection connection, string model, ModelStamp? stamp) => Database.Execute(
        connection,
        """
        UPDATE models SET pending = 0, file_before = NULL, file_length = $length, file_written = $written
        WHERE model = $model
        """,
        ("$model", model),
        ("$length", stamp?.Length),
        ("$written", stamp?.Written.Ticks));

    /// <summary>Forgets the versions of a deleted model; their numbers stay used.</summary>
    public static void DeleteAll(SqliteConnection connection, string model)
    {
        Database.Execute(connection, "DELETE FROM versions WHERE model = $model", ("$model", model));
        Database.Execute(connection, "DELETE FROM version_uses WHERE model = $model", ("$model", model));
    }

    private static void Use(
        SqliteConnection connection,
        string model,
        int number,
        string column,
        DateTimeOffset now) => Database.Execute(
        connection,
        $"""
        INSERT INTO version_uses (model, number, {column}) VALUES ($model, $number, $now)
        ON CONFLICT (model, number) DO UPDATE SET {column} = $now
        """,
        ("$model", model),
        ("$number", number),
        ("$now", now.ToUnixTimeMilliseconds()));

    private static List<ModelVersion> Query(
        SqliteConnection connection,
        string rest,
        params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = Database.Command(connection, $"SELECT {Columns} {From} {rest}", values);
        using SqliteDataReader reader = command.ExecuteReader();
        var versions = new List<ModelVersion>();
        while (reader.Read())
        {
            versions.Add(new ModelVersion
            {
                Model = reader.GetString(0),
                Number = reader.GetInt32(1),
                Sha256 = reader.GetString(2),
                Bytes = reader.GetInt64(3),
                Time = Time(reader, 4)!.Value,
                Actor = reader.GetString(5),
                Origin = reader.GetString(6),
                Parent = reader.IsDBNull(7) ? null : reader.GetInt32(7),
                Scoring = reader.GetString(8),
                Facts = new DetectorFacts(
                    reader.GetDouble(9),
                    reader.GetDouble(10),
                    reader.GetString(11),
                    reader.IsDBNull(12) ? null : reader.GetDouble(12),
                    reader.IsDBNull(17) ? null : reader.GetDouble(17),
                    reader.GetDouble(18),
                    reader.GetInt32(13)),
                Learned = JsonSerializer.Deserialize(reader.GetString(14), ServerJson.Types.IReadOnlyListInt64)!,
                Activated = Time(reader, 15),
                Discarded = Time(reader, 16),
            });
        }

        return versions;
    }

    private static DateTimeOffset? Time(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));
}
