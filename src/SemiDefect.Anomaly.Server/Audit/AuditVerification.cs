namespace SemiDefect.Anomaly.Server.Audit;

/// <summary>The result of recomputing the chain of hashes. Immutable.</summary>
/// <param name="Entries">The number of entries that are intact, from the first.</param>
/// <param name="Head">The hash of the last intact entry. Kept elsewhere, it also proves later that none was removed
/// and the whole chain computed anew.</param>
/// <param name="Problem">What is wrong after them; null if nothing is.</param>
internal sealed record AuditVerification(long Entries, string Head, string? Problem);
