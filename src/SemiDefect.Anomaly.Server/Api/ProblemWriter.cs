using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Server.Localization;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Converts exceptions to responses of RFC 9457 (application/problem+json). Thread-safe.</summary>
internal sealed partial class ProblemWriter(ServerMetrics metrics, ILogger<ProblemWriter> logger)
{
    /// <summary>Runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        ProblemException problem;
        try
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, so there is nobody to answer.
            metrics.Refused("client-gone");
            return;
        }
        catch (Exception error)
        {
            problem = Describe(error);
            if (problem.Status == StatusCodes.Status500InternalServerError || problem.Kind == "database")
            {
                logger.RequestFailed(error, context.Request.Method, context.Request.Path);
            }
        }

        metrics.Refused(problem.Kind);
        if (!context.Response.HasStarted)
        {
            await WriteAsync(context, problem).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a problem as the response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="allow">The methods that the address takes, for status 405.</param>
    public static Task WriteAsync(HttpContext context, ProblemException problem, string? allow = null)
    {
        HttpResponse response = context.Response;
        response.Clear();
        response.StatusCode = problem.Status;
        SecurityHeaders.Add(context);
        if (allow is not null)
        {
            response.Headers.Allow = allow;
        }

        if (problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        // The rest of a rejected body is not read.
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            response.Headers.Connection = "close";
        }

        var body = new ProblemJson(
            $"urn:semidefect:{problem.Kind}",
            ReasonPhrases.GetReasonPhrase(problem.Status),
            problem.Status,
            ProblemTranslator.Translate(context, problem.Message));
        return response.WriteAsJsonAsync(
            body,
            ServerJson.Types.ProblemJson,
            "application/problem+json",
            CancellationToken.None);
    }

    // ASP.NET names the .NET type of a parameter, and the property instead of the parameter in the address.
    private static string InPlainWords(string message)
    {
        Match match = UnreadParameter().Match(message);
        if (!match.Success)
        {
            return message;
        }

        string type = match.Groups["type"].Value;
        string name = JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups["name"].Value);
        string wanted = type.Contains("DateTime", StringComparison.Ordinal)
            ? "a time like 2026-11-01T06:00:00Z"
            : type.Contains("bool", StringComparison.OrdinalIgnoreCase) ? "true or false"
            : "a number";
        return $"The parameter '{name}' is {wanted}, not '{match.Groups["value"].Value}'.";
    }

    [GeneratedRegex("^Failed to bind parameter \"(?<type>[^ ]+) (?<name>[^\"]+)\" from \"(?<value>.*)\"\\.$")]
    private static partial Regex UnreadParameter();

    private static ProblemException Describe(Exception error) => error switch
    {
        ProblemException known => known,
        SqliteException or SemiDefectException { InnerException: SqliteException } =>
            new ProblemException(503, "database", $"The history cannot be used just now: {error.Message}", 5),
        SemiDefectException => ProblemException.Invalid(error.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new ProblemException(413, "too-large", "The request is larger than this server takes."),
        BadHttpRequestException bad => new ProblemException(
            bad.StatusCode,
            bad.StatusCode == 408 ? "too-slow" : "bad-request",
            bad.InnerException is System.Text.Json.JsonException json
                ? $"The JSON cannot be read: {json.Message}"
                : InPlainWords(bad.Message)),
        OperationCanceledException => new ProblemException(
            503,
            "too-slow",
            "The request took longer than this server allows.",
            1),
        _ => new ProblemException(500, "fault", "The server failed; its log says why."),
    };
}
