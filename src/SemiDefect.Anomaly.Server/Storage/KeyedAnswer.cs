namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>What was answered to a request that carried an idempotency key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Fingerprint">What the request asked for: another request may not use the key.</param>
/// <param name="Answer">The answer's JSON.</param>
/// <param name="Time">When it was answered.</param>
internal sealed record KeyedAnswer(string Key, string Fingerprint, string Answer, DateTimeOffset Time);
