using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>
/// Reads a JSON body that may be missing. As a parameter of the endpoint, it would make routing refuse requests without
/// a content type. Stateless.
/// </summary>
internal static class OptionalBody
{
    /// <summary>The body; null without one.</summary>
    /// <exception cref="ProblemException">The body is not JSON (415).</exception>
    /// <exception cref="BadHttpRequestException">The JSON cannot be read.</exception>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        HttpRequest request = context.Request;
        if (request.ContentLength == 0
            || context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            return null;
        }

        if (!request.HasJsonContentType())
        {
            throw new ProblemException(415, "content-type", "Send the options as application/json.");
        }

        try
        {
            return await request.ReadFromJsonAsync(type, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException error)
        {
            throw new BadHttpRequestException("The JSON cannot be read.", StatusCodes.Status400BadRequest, error);
        }
    }
}
