using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>The table of deletions. Its methods run in the transaction of the given connection. Stateless.</summary>
internal static class DeletionStore
{
    public static Deletion Insert(SqliteConnection connection, Deletion deletion) => deletion with
    {
        Id = Database.Number(
            connection,
            """
            INSERT INTO deletions (kind, model, number, time, actor) VALUES ($kind, $model, $number, $time, $actor)
            RETURNING id
            """,
            ("$kind", deletion.Kind),
            ("$model", deletion.Name),
            ("$number", deletion.Number),
            ("$time", deletion.Time.ToUnixTimeMilliseconds()),
            ("$actor", deletion.Actor)),
    };

    /// <summary>Marks a deletion as restored or purged.</summary>
    public static void End(SqliteConnection connection, long id, DateTimeOffset now) => Database.Execute(
        connection,
        "UPDATE deletions SET ended = $now WHERE id = $id",
        ("$now", now.ToUnixTimeMilliseconds()),
        ("$id", id));

    /// <summary>The deletions that were neither restored nor purged, from the newest to the oldest.</summary>
    public static IReadOnlyList<Deletion> ListOpen(SqliteConnection connection)
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT id, kind, model, number, time, actor FROM deletions WHERE ended IS NULL ORDER BY id DESC");
        using SqliteDataReader reader = command.ExecuteReader();
        var deletions = new List<Deletion>();
        while (reader.Read())
        {
            deletions.Add(new Deletion(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetInt32(3),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
                reader.GetString(5)));
        }

        return deletions;
    }
}
