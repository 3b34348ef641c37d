using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using SemiDefect.Anomaly.Server.Telemetry;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>Answers requests that no endpoint takes. Stateless.</summary>
internal static class OtherMethods
{
    private const string Kind = "method";

    /// <summary>Refuses the request: 405 where another method is taken at this address, and 404 elsewhere.</summary>
    /// <exception cref="ProblemException">There is nothing at this address.</exception>
    public static Task Refuse(HttpContext context)
    {
        string[] methods =
        [
            .. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints
                .OfType<RouteEndpoint>()
                .Where(endpoint => Takes(endpoint, context.Request.Path))
                .SelectMany(endpoint =>
                    endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        if (methods.Length == 0)
        {
            throw ProblemException.NotFound("There is nothing at this address.");
        }

        context.RequestServices.GetRequiredService<ServerMetrics>().Refused(Kind);
        var problem = new ProblemException(
            StatusCodes.Status405MethodNotAllowed,
            Kind,
            $"This address takes {string.Join(" and ", methods)}, not {context.Request.Method}.");
        return ProblemWriter.WriteAsync(context, problem, string.Join(", ", methods));
    }

    private static bool Takes(RouteEndpoint endpoint, PathString path)
    {
        RoutePattern pattern = endpoint.RoutePattern;
        var values = new RouteValueDictionary();
        return pattern.RawText is { } text
            && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods.Count: > 0 }
            && new TemplateMatcher(TemplateParser.Parse(text), []).TryMatch(path, values)
            && pattern.ParameterPolicies.All(policy =>
                policy.Value.All(one => one.Content != "long" || IsNumber(values[policy.Key])));
    }

    private static bool IsNumber(object? value) =>
        long.TryParse(value as string, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
}
