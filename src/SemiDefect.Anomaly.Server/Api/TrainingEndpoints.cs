using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Server.Audit;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>A look at the training images of a model before they are learned from.</summary>
internal static class TrainingEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder training = api.MapGroup("/models/{model}/training").WithTags("training");
        training.MapGet("/check", (TrainingCheck check, string model, CancellationToken cancellationToken) =>
                check.RunAsync(model, cancellationToken))
            .WithName("check-training")
            .WithSummary("Problems of the training images: unreadable, twice, of odd sizes, unlike the others.")
            .WithDescription(
                "Reads every image, one check at a time and for five minutes at most; the result is kept until an "
                    + "image changes. A client that leaves ends its check. suspicious_good comes from the active "
                    + "version, for the images that it learned from.")
            .Produces<TrainingCheckJson>()
            .ProducesProblem(422)
            .ProducesProblem(503);
        training.MapPost("/{image}/restore", ReturnAsync)
            .WithName("restore-training-image")
            .WithSummary("Brings back a training image that was deleted within the last day.")
            .Produces(204)
            .ProducesProblem(404)
            .ProducesProblem(409);
    }

    /// <summary>A training image as the audit names it; null for none.</summary>
    public static string? Describe(string name, byte[]? content) => content is null
        ? null
        : JsonSerializer.Serialize(
            new AuditImageJson(name, Convert.ToHexStringLower(SHA256.HashData(content))),
            ServerJson.Types.AuditImageJson);

    private static async Task<NoContent> ReturnAsync(
        Caller caller,
        AuditLog audit,
        JobRunner jobs,
        TrainingStore training,
        string model,
        string image)
    {
        jobs.RefuseDuring(model);
        byte[] content = training.Return(model, image);
        await audit.AppendAsync(new AuditDraft(
            caller.Name,
            AuditActions.TrainingReturned,
            model,
            null,
            Describe(image, content))).ConfigureAwait(false);
        return TypedResults.NoContent();
    }
}
