using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The parts of the OpenAPI document that do not follow from the endpoints.</summary>
internal static class OpenApiDescription
{
    private const string Scheme = "key";

    // Not as endpoint metadata: routing would then answer 404 to other types, without a reason.
    private static readonly Dictionary<string, string[]> Bodies = new(StringComparer.Ordinal)
    {
        ["inspect"] = ["image/*", "application/octet-stream", "multipart/form-data"],
        ["put-training-image"] = ["image/*", "application/octet-stream"],
        ["upload-model"] = ["application/octet-stream"],
    };

    private static readonly Dictionary<string, Type> OptionalBodies = new(StringComparer.Ordinal)
    {
        ["fit"] = typeof(FitRequest),
        ["update"] = typeof(UpdateRequest),
        ["activate-version"] = typeof(ActivateRequest),
        ["compare-versions"] = typeof(CompareRequest),
        ["discard-version"] = typeof(ReasonRequest),
    };

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(DescribeAsync);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo is { } field
                && ApiVocabulary.WordsOf(field.DeclaringType.Name, field.Name) is { } words)
            {
                schema.Enum = [.. words.Select(word => (JsonNode)word)];
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            foreach (IOpenApiParameter parameter in operation.Parameters ?? [])
            {
                Describe(parameter);
            }

            if (operation.OperationId is { } id && Bodies.TryGetValue(id, out string[]? types))
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = types.ToDictionary(
                        type => type,
                        _ => new OpenApiMediaType
                        {
                            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                        }),
                };
            }

            if (operation.OperationId is { } name && OptionalBodies.TryGetValue(name, out Type? body))
            {
                OpenApiSchema schema = await context
                    .GetOrCreateSchemaAsync(body, parameterDescription: null, cancellationToken)
                    .ConfigureAwait(false);
                operation.RequestBody = new OpenApiRequestBody
                {
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/json"] = new OpenApiMediaType { Schema = schema },
                    },
                };
            }
        });
    }

    private static void Describe(IOpenApiParameter parameter)
    {
        parameter.Description ??= ApiVocabulary.DescriptionOf(parameter.Name!);
        if (parameter is OpenApiParameter { Schema: OpenApiSchema schema }
            && ApiVocabulary.WordsOf(parameter.Name!) is { } words)
        {
            schema.Enum = [.. words.Select(word => (JsonNode)word)];
        }
    }

    private static Task DescribeAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "SemiDefect.Anomaly",
            Version = "v1",
            Description = "Inspects images with detectors fitted to good parts only. "
                + "Errors are application/problem+json.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = Security.KeyRing.Header,
            },
        };
        document.Security =
            [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }
}
