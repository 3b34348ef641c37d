using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Server.Jobs;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Security;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>
/// /api/v1/models/{model}/versions/{version}/comparison: what two versions say about the same inspections.
/// </summary>
internal static class ComparisonEndpoints
{
    private const int MostDisagreements = 100;

    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder comparison = api.MapGroup("/models/{model}/versions/{version:int}/comparison")
            .WithTags("versions");
        comparison.MapPost("/", StartAsync)
            .WithName("compare-versions")
            .WithSummary("Scores the latest inspections with two versions, as a job.")
            .WithDescription(
                "Nothing is changed. Scores that are known already are not computed again. When the job is done, get "
                    + "the result from the same address.")
            .Produces<JobJson>(202)
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(422);
        comparison.MapGet("/", GetAsync)
            .WithName("get-comparison")
            .WithSummary("How often two versions agree on the latest inspections, and where they do not.")
            .WithDescription(
                "Compares the inspections that both versions have scored, among the latest count (200 by default) with "
                    + "a kept picture. with is the other version; the active one by default.")
            .Produces<ComparisonJson>()
            .ProducesProblem(404)
            .ProducesProblem(422);
    }

    private static async Task<Accepted<JobJson>> StartAsync(
        HttpContext context,
        Caller caller,
        ModelJobs jobs,
        ModelVersions versions,
        string model,
        int version,
        CancellationToken cancellationToken)
    {
        CompareRequest? request = await OptionalBody.ReadAsync(context, ServerJson.Types.CompareRequest)
            .ConfigureAwait(false);
        ModelVersion other = await OtherAsync(versions, model, request?.With, cancellationToken).ConfigureAwait(false);
        JobJson job = await jobs.CompareAsync(
            model,
            new ComparisonRequest(version, other.Number, ComparisonRequest.CheckCount(request?.Count)),
            caller.Name).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }

    private static async Task<ComparisonJson> GetAsync(
        ModelVersions versions,
        VersionComparison comparison,
        string model,
        int version,
        int? with,
        int? count,
        CancellationToken cancellationToken)
    {
        ModelVersion shown = versions.Require(model, version);
        ModelVersion other = await OtherAsync(versions, model, with, cancellationToken).ConfigureAwait(false);
        (IReadOnlyList<ComparedInspection> compared, int unscored) = comparison.Compare(
            other,
            shown,
            ComparisonRequest.CheckCount(count));
        return new ComparisonJson(
            version,
            other.Number,
            compared.Count,
            unscored,
            [
                .. compared
                    .GroupBy(one => (one.SecondDecision, one.FirstDecision))
                    .OrderBy(pair => pair.Key)
                    .Select(pair => new AgreementJson(
                        DecisionRule.NameOf(pair.Key.SecondDecision),
                        DecisionRule.NameOf(pair.Key.FirstDecision),
                        pair.Count())),
            ],
            [
                .. compared
                    .Where(one => one.FirstDecision != one.SecondDecision)
                    .Take(MostDisagreements)
                    .Select(one => new DisagreementJson(
                        InspectionMapper.ToJson(one.Record),
                        one.SecondScore,
                        DecisionRule.NameOf(one.SecondDecision),
                        one.FirstScore,
                        DecisionRule.NameOf(one.FirstDecision))),
            ]);
    }

    private static async Task<ModelVersion> OtherAsync(
        ModelVersions versions,
        string model,
        int? number,
        CancellationToken cancellationToken) => number is { } given
        ? versions.Require(model, given)
        : await versions.FindActiveAsync(ModelName.Check(model), cancellationToken).ConfigureAwait(false)
            ?? throw ProblemException.NotFound($"There is no model '{model}'.");
}
