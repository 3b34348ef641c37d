using System.Security.Cryptography;
using System.Text.Json;

namespace SemiDefect.Anomaly.Server.Audit;

/// <summary>What the audit is told of a change. Immutable.</summary>
/// <param name="Actor">The name of the key, or the program that acted.</param>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Model">The model; null if the change is not about one.</param>
/// <param name="Before">The state before, as JSON; null for none.</param>
/// <param name="After">The state after, as JSON; null for none.</param>
/// <param name="Reason">The reason that the actor gave.</param>
internal sealed record AuditDraft(
    string Actor,
    string Action,
    string? Model,
    string? Before = null,
    string? After = null,
    string? Reason = null);

/// <summary>An entry of the audit. Immutable.</summary>
internal sealed record AuditEntry(
    long Id,
    DateTimeOffset Time,
    string Actor,
    string Action,
    string? Model,
    string? Before,
    string? After,
    string? Reason,
    string Previous,
    string Hash)
{
    /// <summary>
    /// SHA-256 of the other fields and of the hash before: a JSON array, so that no two entries have the same text.
    /// </summary>
    public static string HashOf(long id, long milliseconds, AuditDraft draft, string previous)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(id);
            writer.WriteNumberValue(milliseconds);
            foreach (string? field in new[]
            {
                draft.Actor, draft.Action, draft.Model, draft.Before, draft.After, draft.Reason, previous,
            })
            {
                writer.WriteStringValue(field);
            }

            writer.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()));
    }

    /// <summary>The hash that the entry should have.</summary>
    public string ComputeHash() => HashOf(
        Id,
        Time.ToUnixTimeMilliseconds(),
        new AuditDraft(Actor, Action, Model, Before, After, Reason),
        Previous);
}
