using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>What the OpenAPI document says besides the operations.</summary>
internal static class OpenApiDescription
{
    private const string Scheme = "key";

    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "SemiDefect.Anomaly",
            Version = "v1",
            Description = "Inspects images with detectors that learned from good parts alone. Errors are application/problem+json.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = Security.ApiKey.Header },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    });
}
