namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>The response to a request with an idempotency key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Fingerprint">A hash of the request: a different request must not reuse the key.</param>
/// <param name="Answer">The response as JSON.</param>
/// <param name="Time">The time of the response.</param>
internal sealed record KeyedAnswer(string Key, string Fingerprint, string Answer, DateTimeOffset Time);
