namespace SemiDefect.Anomaly.Server.Api;

/// <summary>A rejected request, as the response reports it.</summary>
internal sealed class ProblemException(
    int status,
    string kind,
    string detail,
    int? retryAfterSeconds = null) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>A short name that identifies the problem to programs.</summary>
    public string Kind { get; } = kind;

    public int? RetryAfterSeconds { get; } = retryAfterSeconds;

    public static ProblemException NotFound(string detail) => new(404, "not-found", detail);

    public static ProblemException Invalid(string detail) => new(422, "invalid", detail);
}
