using Microsoft.AspNetCore.Http;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The security headers of every response.</summary>
internal static class SecurityHeaders
{
    // Everything comes from this server; the page shows pictures that it fetched with the key as blobs.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Add(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
