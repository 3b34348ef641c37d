using System.Security.Cryptography;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>/docs: the API to read and to try, from the OpenAPI document. Everything comes from this server.</summary>
internal static class ApiReference
{
    private const string Path = "/docs";
    private const int NonceBytes = 16;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapScalarApiReference(Path, (options, context) =>
    {
        string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));
        context.Response.Headers.ContentSecurityPolicy = PolicyOf(nonce);
        options
            .WithTitle("SemiDefect.Anomaly")
            .WithOpenApiRoutePattern("/api/v1/openapi.json")
            .WithDefaultHttpClient(ScalarTarget.Shell, ScalarClient.Curl)
            .WithNonce(nonce)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools();
        options.EnabledTargets = [ScalarTarget.Shell, ScalarTarget.CSharp, ScalarTarget.Python];
    });

    // As everywhere, but for the styles that the page makes itself.
    private static string PolicyOf(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' blob: data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'";
}
