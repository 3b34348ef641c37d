using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The web page for operators, embedded in the assembly.</summary>
internal static class PageFiles
{
    private const string Prefix = "page/";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>(
        StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void Map(IEndpointRouteBuilder routes)
    {
        IEnumerable<string> resources = typeof(PageFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (string resource in resources)
        {
            byte[] content = Read(resource);
            string type = Types[Path.GetExtension(resource)];
            string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
            string path = resource[Prefix.Length..].Replace('\\', '/');
            routes.MapGet(path == "index.html" ? "/" : $"/{path}", context => SendAsync(context, content, type, tag))
                .ExcludeFromDescription();
        }
    }

    private static async Task SendAsync(HttpContext context, byte[] content, string type, string tag)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }

    private static byte[] Read(string resource)
    {
        using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(resource)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
