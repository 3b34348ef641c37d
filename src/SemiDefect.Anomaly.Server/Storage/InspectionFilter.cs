using Microsoft.Data.Sqlite;

namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>Conditions of a query; null means any. Immutable.</summary>
internal sealed record InspectionFilter
{
    public string? Model { get; init; }

    public Decision? Decision { get; init; }

    /// <summary>Only those that are abnormal or to be checked.</summary>
    public bool AlarmsOnly { get; init; }

    /// <summary>confirmed, false_alarm or missed; "none" for those without a verdict.</summary>
    public string? Verdict { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public double? MinMargin { get; init; }

    public double? MaxMargin { get; init; }

    public string? Station { get; init; }

    public string? Lot { get; init; }

    public string? Part { get; init; }

    /// <summary>Only those with a kept picture.</summary>
    public bool HasPicture { get; init; }

    /// <summary>Only inspections older than this one.</summary>
    public long? Before { get; init; }

    /// <summary>Only inspections newer than this one; they are then ordered from the oldest to the newest.</summary>
    public long? After { get; init; }

    /// <summary>The query, ordered from the newest to the oldest unless <see cref="After"/> is set.</summary>
    public SqliteCommand ToCommand(SqliteConnection connection, string columns, int limit)
    {
        SqliteCommand command = ToCommand(connection, columns);
        command.Parameters.AddWithValue("$limit", limit);
        command.CommandText += $" ORDER BY id {(After is null ? "DESC" : "ASC")} LIMIT $limit";
        return command;
    }

    /// <summary>The query without an order; for columns that are totals.</summary>
    public SqliteCommand ToCommand(SqliteConnection connection, string columns)
    {
        SqliteCommand command = connection.CreateCommand();
        var conditions = new List<string>();
        void Add(string condition, string name, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                command.Parameters.AddWithValue(name, value);
            }
        }

        Add("model = $model", "$model", Model);
        if (Decision is { } decision)
        {
            Add("abnormal = $abnormal", "$abnormal", decision == Anomaly.Decision.Abnormal ? 1 : 0);
            Add("to_check = $check", "$check", decision == Anomaly.Decision.Check ? 1 : 0);
        }

        if (AlarmsOnly)
        {
            conditions.Add("(abnormal = 1 OR to_check = 1)");
        }

        if (HasPicture)
        {
            conditions.Add("picture IS NOT NULL");
        }

        Add("time >= $from", "$from", From?.ToUnixTimeMilliseconds());
        Add("time < $to", "$to", To?.ToUnixTimeMilliseconds());
        Add("score - threshold >= $low", "$low", MinMargin);
        Add("score - threshold <= $high", "$high", MaxMargin);
        Add("station = $station", "$station", Station);
        Add("lot = $lot", "$lot", Lot);
        Add("part = $part", "$part", Part);
        Add("id < $before", "$before", Before);
        Add("id > $after", "$after", After);
        if (Verdict == Verdicts.None)
        {
            conditions.Add("verdict IS NULL");
        }
        else
        {
            Add("verdict = $verdict", "$verdict", Verdict);
        }

        string where = conditions.Count == 0 ? string.Empty : $"WHERE {string.Join(" AND ", conditions)}";
        command.CommandText = $"SELECT {columns} FROM inspections {where}";
        return command;
    }
}
