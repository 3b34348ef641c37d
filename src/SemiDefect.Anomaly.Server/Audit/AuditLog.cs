using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Audit;

/// <summary>
/// The record of every change, append-only. Each entry contains the hash of the one before, so a changed or missing
/// entry is noticed. Thread-safe.
/// </summary>
internal sealed class AuditLog(Database database, TimeProvider clock)
{
    private const int Page = 1000;
    private const string Columns = "id, time, actor, action, model, before, after, reason, previous, hash";

    /// <summary>The hash before the first entry.</summary>
    public static string Start { get; } = new('0', 64);

    /// <summary>Appends an entry in its own transaction.</summary>
    public Task AppendAsync(AuditDraft draft) => database.WriteAsync(connection => Append(connection, draft));

    /// <summary>Appends an entry in the transaction of the change itself, so that both are stored or neither.</summary>
    public long Append(SqliteConnection connection, AuditDraft draft)
    {
        (long last, string previous) = Last(connection);
        long milliseconds = clock.GetUtcNow().ToUnixTimeMilliseconds();
        Database.Execute(
            connection,
            $"""
            INSERT INTO audit ({Columns})
            VALUES ($id, $time, $actor, $action, $model, $before, $after, $reason, $previous, $hash)
            """,
            ("$id", last + 1),
            ("$time", milliseconds),
            ("$actor", draft.Actor),
            ("$action", draft.Action),
            ("$model", draft.Model),
            ("$before", draft.Before),
            ("$after", draft.After),
            ("$reason", draft.Reason),
            ("$previous", previous),
            ("$hash", AuditEntry.HashOf(last + 1, milliseconds, draft, previous)));
        return last + 1;
    }

    /// <summary>Entries older than <paramref name="before"/>, from the newest to the oldest.</summary>
    public IReadOnlyList<AuditEntry> List(string? model, string? action, long? before, int limit) =>
        database.Read<IReadOnlyList<AuditEntry>>(connection => Query(
            connection,
            """
            WHERE ($model IS NULL OR model = $model) AND ($action IS NULL OR action = $action)
            AND ($before IS NULL OR id < $before) ORDER BY id DESC LIMIT $limit
            """,
            ("$model", model),
            ("$action", action),
            ("$before", before),
            ("$limit", limit)));

    /// <summary>All entries, from the oldest to the newest, page by page.</summary>
    public IEnumerable<AuditEntry> ReadAll()
    {
        for (long after = 0; ;)
        {
            List<AuditEntry> page = database.Read(connection => Query(
                connection,
                "WHERE id > $after ORDER BY id LIMIT $limit",
                ("$after", after),
                ("$limit", Page)));
            foreach (AuditEntry entry in page)
            {
                yield return entry;
            }

            if (page.Count < Page)
            {
                yield break;
            }

            after = page[^1].Id;
        }
    }

    /// <summary>Recomputes the chain of hashes.</summary>
    public AuditVerification Verify()
    {
        // Entries that are appended meanwhile are beyond this number, and are verified as well.
        long appended = database.Read(connection => Database.Number(
            connection,
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0)"));
        long count = 0;
        string previous = Start;
        foreach (AuditEntry entry in ReadAll())
        {
            string? problem = entry.Id != count + 1 ? $"Entry {count + 1} is missing."
                : entry.Previous != previous ? $"Entry {entry.Id} does not follow the entry before it."
                : entry.Hash != entry.ComputeHash() ? $"Entry {entry.Id} was changed."
                : null;
            if (problem is not null)
            {
                return new AuditVerification(count, previous, problem);
            }

            count++;
            previous = entry.Hash;
        }

        return new AuditVerification(
            count,
            previous,
            count < appended ? $"{appended} entries were appended, and {count} are left: the last are missing." : null);
    }

    private static (long Id, string Hash) Last(SqliteConnection connection)
    {
        using SqliteCommand command = Database.Command(
            connection,
            "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1");
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : (0, Start);
    }

    private static List<AuditEntry> Query(
        SqliteConnection connection,
        string rest,
        params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = Database.Command(connection, $"SELECT {Columns} FROM audit {rest}", values);
        using SqliteDataReader reader = command.ExecuteReader();
        var entries = new List<AuditEntry>();
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        while (reader.Read())
        {
            entries.Add(new AuditEntry(
                reader.GetInt64(0),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                reader.GetString(2),
                reader.GetString(3),
                Text(4),
                Text(5),
                Text(6),
                Text(7),
                reader.GetString(8),
                reader.GetString(9)));
        }

        return entries;
    }
}
