using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>/api/v1/models/{model}/versions: what a model was, is and could be.</summary>
internal static class VersionEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder versions = api.MapGroup("/models/{model}/versions").WithTags("versions");
        versions.MapGet("/", ListAsync)
            .WithName("list-versions")
            .WithSummary("The versions of a model, from the newest to the oldest.")
            .Produces<VersionListJson>()
            .ProducesProblem(404);
        versions.MapGet("/{version:int}", GetAsync)
            .WithName("get-version")
            .WithSummary("A version beside the active one: thresholds, images learned, known defects lost.")
            .Produces<VersionDetailJson>()
            .ProducesProblem(404);
        versions.MapPost("/{version:int}/activate", ActivateAsync)
            .WithName("activate-version")
            .WithSummary("Makes a version the active one.")
            .WithDescription(
                "Refused if the active version finds a known defect that this one does not, unless override = true "
                    + "and a reason are given. Known defects are the inspections with the verdict confirmed on an "
                    + "abnormal image, or missed.")
            .Produces<VersionJson>()
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(422);
        versions.MapPost("/{version:int}/discard", DiscardAsync)
            .WithName("discard-version")
            .WithSummary("Marks a candidate as one that nobody wants; it is kept.")
            .Produces(204)
            .ProducesProblem(404)
            .ProducesProblem(409);
    }

    private static async Task<VersionListJson> ListAsync(
        ModelVersions versions,
        string model,
        CancellationToken cancellationToken)
    {
        (IReadOnlyList<ModelVersion> list, ModelVersion? active) = await versions.ListAsync(model, cancellationToken)
            .ConfigureAwait(false);
        return list.Count > 0
            ? new VersionListJson(active?.Number, [.. list.Select(version => ToJson(version, active))])
            : throw ProblemException.NotFound($"There is no model '{model}'.");
    }

    private static async Task<VersionDetailJson> GetAsync(
        ModelVersions versions,
        DefectCheck check,
        InspectionStore store,
        string model,
        int version,
        CancellationToken cancellationToken)
    {
        ModelVersion? active = await versions.FindActiveAsync(model, cancellationToken).ConfigureAwait(false);
        ModelVersion shown = versions.Require(model, version);
        DefectLoss loss = check.Peek(active, shown);
        return new VersionDetailJson(
            ToJson(shown, active),
            active is null ? null : ToJson(active, active),
            loss.Known,
            [
                .. loss.Lost.Select(defect => new LostDefectJson(
                    InspectionMapper.ToJson(defect.Record),
                    defect.ScoreBefore!.Value,
                    defect.ScoreAfter!.Value)),
            ],
            loss.Unscored,
            [.. shown.Learned.Select(id => ToJson(id, store.Find(id)))]);
    }

    private static async Task<VersionJson> ActivateAsync(
        HttpContext context,
        Caller caller,
        ModelVersions versions,
        string model,
        int version,
        CancellationToken cancellationToken)
    {
        ActivateRequest? request = await OptionalBody.ReadAsync(context, ServerJson.Types.ActivateRequest)
            .ConfigureAwait(false);
        ModelVersion active = await versions.ActivateAsync(
            ModelName.Check(model),
            version,
            caller.Name,
            Override.Of(request?.Override, request?.Reason),
            cancellationToken).ConfigureAwait(false);
        return ToJson(active, active);
    }

    private static async Task<NoContent> DiscardAsync(
        HttpContext context,
        Caller caller,
        ModelVersions versions,
        string model,
        int version)
    {
        ReasonRequest? request = await OptionalBody.ReadAsync(context, ServerJson.Types.ReasonRequest)
            .ConfigureAwait(false);
        await versions.DiscardAsync(model, version, caller.Name, Override.Of(false, request?.Reason).Reason)
            .ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static VersionJson ToJson(ModelVersion version, ModelVersion? active) => new(
        version.Number,
        version.Id,
        VersionState.Of(version, active),
        version.Origin,
        version.Actor,
        version.Time,
        version.Parent,
        version.Facts.Threshold,
        version.Facts.PixelThreshold,
        version.Facts.Method,
        version.Facts.Rate,
        version.Facts.Images,
        version.Activated,
        version.Sha256,
        version.Bytes,
        version.Facts.CheckThreshold,
        version.Facts.CheckRate);

    private static LearnedImageJson ToJson(long id, InspectionRecord? record) => new(
        id,
        record?.Name ?? $"{id}",
        record?.VerdictNote,
        record is null ? null : $"/api/v1/inspections/{id}/thumbnail.webp");
}
