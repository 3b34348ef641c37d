using System.Text.Json;
using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Watching;

/// <summary>
/// The decisions and their pending actions. A decision is recorded here before it is acted on, so a killed watcher
/// resumes where it stopped. Thread-safe.
/// </summary>
internal sealed class WatchJournal : IDisposable
{
    private static readonly string[] Schemas =
    [
        """
        CREATE TABLE watched (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path TEXT NOT NULL,
            length INTEGER NOT NULL,
            written INTEGER NOT NULL,
            report TEXT NOT NULL,
            placed INTEGER NOT NULL DEFAULT 0,
            posted INTEGER NOT NULL,
            UNIQUE (path, length, written));
        CREATE INDEX watched_to_place ON watched (id) WHERE placed = 0;
        CREATE INDEX watched_to_post ON watched (id) WHERE posted = 0;
        """,
    ];

    private readonly Database _database;

    /// <summary>Opens or creates the journal.</summary>
    /// <exception cref="SemiDefectException">The file is unusable.</exception>
    public WatchJournal(string path) => _database = Database.Open(path, Schemas);

    public bool Knows(WatchedFile file) => _database.Read(connection => Database.Number(
        connection,
        "SELECT count(*) FROM watched WHERE path = $path AND length = $length AND written = $written",
        ("$path", file.Path),
        ("$length", file.Length),
        ("$written", file.Written)) > 0);

    public Task AddAsync(
        WatchedFile file,
        WatchReport report,
        bool post) => _database.WriteAsync(connection => Database.Execute(
        connection,
        "INSERT OR IGNORE INTO watched (path, length, written, report, posted) VALUES ($path, $length, $written, "
            + "$report, $posted)",
        ("$path", file.Path),
        ("$length", file.Length),
        ("$written", file.Written),
        ("$report", JsonSerializer.Serialize(report, ServerJson.Types.WatchReport)),
        ("$posted", post ? 0 : 1)));

    /// <summary>The entries whose files are not yet moved, from the oldest to the newest.</summary>
    public IReadOnlyList<JournalEntry> ToPlace(int most) => List("placed = 0", most);

    /// <summary>The entries not yet posted, from the oldest to the newest.</summary>
    public IReadOnlyList<JournalEntry> ToPost(int most) => List("posted = 0", most);

    public Task PlacedAsync(long id) => SetAsync("placed", id);

    public Task PostedAsync(long id) => SetAsync("posted", id);

    public void Dispose() => _database.Dispose();

    private Task<int> SetAsync(string column, long id) =>
        _database.WriteAsync(connection => Database.Execute(
            connection,
            $"UPDATE watched SET {column} = 1 WHERE id = $id",
            ("$id", id)));

    private IReadOnlyList<JournalEntry> List(string condition, int most) => _database.Read(connection =>
    {
        using SqliteCommand command = Database.Command(
            connection,
            $"SELECT id, path, length, written, report FROM watched WHERE {condition} ORDER BY id LIMIT $most",
            ("$most", most));
        using SqliteDataReader reader = command.ExecuteReader();
        var entries = new List<JournalEntry>();
        while (reader.Read())
        {
            var file = new WatchedFile(reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3));
            WatchReport report = JsonSerializer.Deserialize(reader.GetString(4), ServerJson.Types.WatchReport)!;
            entries.Add(new JournalEntry(reader.GetInt64(0), file, report));
        }

        return (IReadOnlyList<JournalEntry>)entries;
    });
}

/// <summary>An entry of the journal.</summary>
internal sealed record JournalEntry(long Id, WatchedFile File, WatchReport Report);
