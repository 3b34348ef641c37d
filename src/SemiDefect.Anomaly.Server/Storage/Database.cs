using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>
/// A SQLite file. One thread executes all writes and commits those that are pending in one transaction. A write
/// completes once it is flushed to disk (WAL, synchronous = FULL), so neither a killed process nor a power failure
/// loses it. Thread-safe.
/// </summary>
internal sealed class Database : IDisposable
{
    private const int LargestGroup = 256;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly string _connectionString;
    private readonly SqliteConnection _writer;
    private readonly BlockingCollection<IPendingWrite> _pending = [];
    private readonly Thread _thread;

    private Database(string connectionString, SqliteConnection writer)
    {
        _connectionString = connectionString;
        _writer = writer;
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "database" };
        _thread.Start();
    }

    private interface IPendingWrite
    {
        void Run(SqliteConnection connection, SqliteTransaction transaction);

        void Complete(Exception? commitError);
    }

    /// <summary>
    /// Opens or creates the file and upgrades it to the latest of <paramref name="schemas"/>; entry i upgrades version
    /// i to i + 1.
    /// </summary>
    /// <exception cref="SemiDefectException">The file cannot be used.</exception>
    public static Database Open(string path, IReadOnlyList<string> schemas)
    {
        string connectionString =
            new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
        SqliteConnection? writer = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            writer = new SqliteConnection(connectionString);
            writer.Open();
            Execute(writer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            Upgrade(writer, path, schemas);
            return new Database(connectionString, writer);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            writer?.Dispose();
            string advice = error is SqliteException { SqliteErrorCode: Corrupt or NotADatabase }
                ? "put a backup in its place, or move it away to start with an empty one."
                : "check its permissions and the free space.";
            throw new SemiDefectException(
                $"Cannot use the database '{path}': {error.Message} {char.ToUpperInvariant(advice[0])}{advice[1..]}",
                error);
        }
        catch
        {
            writer?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> in the next transaction and completes once that is on disk. A failure rolls back
    /// this write only.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work)
    {
        var write = new PendingWrite<T>(work);
        _pending.Add(write);
        return write.Task;
    }

    /// <summary>Runs <paramref name="work"/> on its own connection, which sees everything committed so far.</summary>
    public T Read<T>(Func<SqliteConnection, T> work)
    {
        using var connection = new SqliteConnection(_connectionString);
        connection.Open();
        Execute(connection, "PRAGMA query_only = 1;");
        return work(connection);
    }

    /// <summary>Completes pending writes and closes the file.</summary>
    public void Dispose()
    {
        _pending.CompleteAdding();
        _thread.Join();
        _writer.Dispose();
        using var pooled = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(pooled);
        _pending.Dispose();
    }

    /// <summary>A command with bound parameters.</summary>
    public static SqliteCommand Command(
        SqliteConnection connection,
        string sql,
        params ReadOnlySpan<(string Name, object? Value)> values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    public static int Execute(
        SqliteConnection connection,
        string sql,
        params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    public static long Number(
        SqliteConnection connection,
        string sql,
        params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = Command(connection, sql, values);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Upgrade(SqliteConnection connection, string path, IReadOnlyList<string> schemas)
    {
        int version = (int)Number(connection, "PRAGMA user_version");
        if (version > schemas.Count)
        {
            throw new SemiDefectException(
                $"The database '{path}' has schema {version}, newer than this program knows ({schemas.Count}): use "
                    + "the newer program.");
        }

        for (; version < schemas.Count; version++)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            Execute(connection, schemas[version]);
            Execute(connection, $"PRAGMA user_version = {version + 1}");
            transaction.Commit();
        }
    }

    private void WriteAll()
    {
        var group = new List<IPendingWrite>();
        foreach (IPendingWrite first in _pending.GetConsumingEnumerable())
        {
            group.Clear();
            group.Add(first);
            while (group.Count < LargestGroup && _pending.TryTake(out IPendingWrite? next))
            {
                group.Add(next);
            }

            Exception? failure = null;
            try
            {
                using SqliteTransaction transaction = _writer.BeginTransaction();
                foreach (IPendingWrite write in group)
                {
                    write.Run(_writer, transaction);
                }

                transaction.Commit();
            }
            catch (Exception error) when (error is SqliteException or InvalidOperationException)
            {
                failure = new SemiDefectException($"The database cannot be written: {error.Message}", error);
            }

            foreach (IPendingWrite write in group)
            {
                write.Complete(failure);
            }
        }
    }

    private sealed class PendingWrite<T>(Func<SqliteConnection, T> work) : IPendingWrite
    {
        private const string Savepoint = "write";

        private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _error;

        public Task<T> Task => _source.Task;

        public void Run(SqliteConnection connection, SqliteTransaction transaction)
        {
            transaction.Save(Savepoint);
            try
            {
                _result = work(connection);
            }
            catch (Exception error)
            {
                _error = error;
                transaction.Rollback(Savepoint);
            }

            transaction.Release(Savepoint);
        }

        public void Complete(Exception? commitError)
        {
            if ((_error ?? commitError) is { } error)
            {
                _source.SetException(error);
            }
            else
            {
                _source.SetResult(_result!);
            }
        }
    }
}
