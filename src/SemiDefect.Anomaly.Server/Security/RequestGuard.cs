using System.Net;
using Microsoft.AspNetCore.Http;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>
/// Refuses requests without the key and cross-site requests from a browser. Without a key, it also refuses host names
/// that are not loopback names, which stops DNS rebinding. Thread-safe.
/// </summary>
internal sealed class RequestGuard(KeyRing keys)
{
    /// <summary>Called for every request, before its body is read. Attaches the caller to it.</summary>
    /// <exception cref="ProblemException">The request is refused.</exception>
    public void Check(HttpContext context)
    {
        HttpRequest request = context.Request;

        // DNS rebinding makes a foreign page look same-origin, so the host name itself is checked.
        if (!keys.IsRequired && !IsLoopbackName(request.Host.Host))
        {
            throw new ProblemException(
                StatusCodes.Status403Forbidden,
                "foreign-host",
                "Without an API key this server answers to localhost and loopback addresses only.");
        }

        if (IsOpen(request.Path))
        {
            return;
        }

        if (IsCrossSite(request))
        {
            throw new ProblemException(
                StatusCodes.Status403Forbidden,
                "cross-site",
                "A page of another site may not call this API.");
        }

        Caller caller = keys.Find(request) ?? throw new ProblemException(
            StatusCodes.Status401Unauthorized,
            "key",
            KeyRing.Given(request).Length > 0
                ? "This server does not know the API key that was sent."
                : $"Send the API key in the header {KeyRing.Header}, or as a bearer token.");
        caller.Attach(context);
    }

    // The page contains no data, and health checks are for process supervisors.
    private static bool IsOpen(PathString path) =>
        !(path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            || path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase))
        || path.Equals("/api/v1/openapi.json", StringComparison.OrdinalIgnoreCase);

    private static bool IsCrossSite(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is not ("same-origin" or "none");
        }

        string origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
                && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
