using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Evaluation.Reports;

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
            string path = resource[Prefix.Length..].Replace('\\', '/');
            Map(routes, path == "index.html" ? "/" : $"/{path}", Path.GetExtension(resource), Read(resource));
        }

        Map(routes, "/heat-scale.svg", ".svg", Encoding.UTF8.GetBytes(HeatmapLegend.ToBar()));
    }

    private static void Map(IEndpointRouteBuilder routes, string path, string extension, byte[] content)
    {
        string type = Types[extension];
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
        routes.MapGet(path, context => SendAsync(context, content, type, tag)).ExcludeFromDescription();
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
