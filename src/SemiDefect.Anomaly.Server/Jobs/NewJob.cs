namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>A job that is started. Immutable.</summary>
/// <param name="Kind">The kind of job.</param>
/// <param name="Model">The model it is for.</param>
/// <param name="Actor">Who starts it.</param>
/// <param name="Request">The options as JSON, with which it can be started again.</param>
internal sealed record NewJob(string Kind, string Model, string Actor, string Request);

/// <summary>What a stored job was started with; the request is null for jobs of older versions.</summary>
internal sealed record StoredRequest(string Kind, string Model, string? Request);
