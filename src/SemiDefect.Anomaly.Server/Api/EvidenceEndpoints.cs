using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SemiDefect.Anomaly.Evaluation.Tuning;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>What a version can see: the tables that its detector file keeps of the fit.</summary>
internal static class EvidenceEndpoints
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/models/{model}/evidence", GetAsync)
        .WithTags("models")
        .WithName("get-evidence")
        .WithSummary("What a tuning tried and chose, and what thresholds find of planted defects.")
        .WithDescription("Of the active version, or of the one that the parameter version names.")
        .Produces<EvidenceJson>()
        .ProducesProblem(404);

    private static async Task<EvidenceJson> GetAsync(
        ModelRegistry registry,
        ModelVersions versions,
        VersionLedger ledger,
        string model,
        int? version,
        CancellationToken cancellationToken)
    {
        ModelVersion? shown = version is { } number
            ? versions.Require(model, number)
            : await versions.FindActiveAsync(model, cancellationToken).ConfigureAwait(false);
        DetectorDescription detector = version is null
            ? registry.ReadDescription(model)
            : AnomalyDetector.ReadDescription(ledger.FileOf(shown!));
        return new EvidenceJson(
            shown?.Number,
            detector.Images.Count,
            detector.Thresholds.Image.Note,
            detector.Tuning is { } tuning ? ToJson(tuning) : null,
            detector.Planted.Count == 0 ? null : Planted(detector));
    }

    private static TuningJson ToJson(TuningRecord tuning) => new(
        tuning.Learned,
        tuning.HeldOut,
        tuning.Sizes,
        [
            .. tuning.Candidates.Select((candidate, index) => new TuningCandidateJson(
                candidate.Networks,
                candidate.Scales,
                candidate.Change,
                candidate.IsDefault,
                index == tuning.Chosen,
                candidate.MultiplyAdds,
                ToJson(candidate.Found),
                [.. candidate.BySize.Select(ToJson)],
                candidate.BetterKinds,
                candidate.WorseKinds)),
        ]);

    private static PlantedJson Planted(DetectorDescription detector) => new(
        detector.Planted.Select(defect => defect.Image).Distinct().Count(),
        ThresholdCosts.Sizes(detector),
        [
            .. ThresholdCosts.Of(detector).Select(cost => new ThresholdCostJson(
                cost.Rate,
                cost.Threshold,
                cost.IsPresent,
                ToJson(cost.Found),
                [.. cost.BySize.Select(ToJson)])),
        ]);

    private static FoundJson ToJson(TuningShare share) => new(share.Found, share.Trials);
}
