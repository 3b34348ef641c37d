namespace SemiDefect.Anomaly.Server.Api;

/// <summary>A request that is refused, and the answer that says why.</summary>
internal sealed class ProblemException(int status, string kind, string detail, int? retryAfterSeconds = null) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>A short name that programs can tell problems apart by.</summary>
    public string Kind { get; } = kind;

    public int? RetryAfterSeconds { get; } = retryAfterSeconds;

    public static ProblemException NotFound(string detail) => new(404, "not-found", detail);

    public static ProblemException Invalid(string detail) => new(422, "invalid", detail);
}
