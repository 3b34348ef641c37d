using System.Net;
using Microsoft.AspNetCore.Http;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>
/// Refuses what no client of ours sends: calls without the key, calls that another site's page makes in a visitor's
/// browser, and, where no key protects the API, names that lead here by a foreign name server. Thread-safe.
/// </summary>
internal sealed class RequestGuard(ApiKey key)
{
    /// <summary>Called for every request, before anything of its body is read.</summary>
    /// <exception cref="ProblemException">The request is refused.</exception>
    public void Check(HttpRequest request)
    {
        // A page of another site whose name was made to point here would be of our origin, so the name itself must be ours.
        if (!key.IsRequired && !IsLoopbackName(request.Host.Host))
        {
            throw new ProblemException(StatusCodes.Status403Forbidden, "foreign-host", "Without an API key this server answers to localhost and loopback addresses only.");
        }

        if (IsOpen(request.Path))
        {
            return;
        }

        if (IsCrossSite(request))
        {
            throw new ProblemException(StatusCodes.Status403Forbidden, "cross-site", "A page of another site may not call this API.");
        }

        if (!key.Accepts(request))
        {
            throw new ProblemException(StatusCodes.Status401Unauthorized, "key", $"Send the API key in the header {ApiKey.Header}, or as a bearer token.");
        }
    }

    // The page itself holds nothing; health is for those who keep the process alive.
    private static bool IsOpen(PathString path) =>
        !(path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase))
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
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
