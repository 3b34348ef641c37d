using System.Text.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// The header of format 1: one view of one network; several banks are the banks of folds. Immutable and thread-safe.
/// </summary>
internal sealed record Format1Document
{
    public required string Engine { get; init; }

    public required BackboneRecord Backbone { get; init; }

    public required PreprocessingOptions Preprocessing { get; init; }

    public required PatchOptions Patches { get; init; }

    public required ScoringOptions Scoring { get; init; }

    public required AnomalyMapOptions Map { get; init; }

    public required DetectorThresholds Thresholds { get; init; }

    public required FitRecord Fit { get; init; }

    public required IReadOnlyList<BankRecord> Banks { get; init; }

    public IReadOnlyList<Format1Golden>? Golden { get; init; }

    public IReadOnlyList<SectionRecord>? Sections { get; init; }

    /// <summary>Reads a header of format 1.</summary>
    /// <exception cref="JsonException">It is invalid.</exception>
    public static DetectorDocument Read(byte[] header)
    {
        try
        {
            var json = JsonNode.Parse(
                header, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;

            // Values that were renamed since.
            var thresholds = json?["thresholds"] as JsonObject;
            Replace(thresholds?["options"] as JsonObject, "method", "Seed", nameof(ThresholdMethod.FoldMaxima));
            Replace(json?["fit"] as JsonObject, "calibration", "MendedBank", nameof(CalibrationMethod.RepairedBank));
            Format1Document document = json.Deserialize(DetectorJson.Default.Format1Document)
                ?? throw new JsonException("The header is no object.");
            return document.Upgrade();
        }
        catch (InvalidOperationException error)
        {
            // Invalid UTF-8 is only detected when the text is decoded.
            throw new JsonException("The header is not UTF-8.", error);
        }
    }

    private static void Replace(JsonObject? parent, string property, string old, string now)
    {
        if (parent?[property] is JsonValue value && value.TryGetValue(out string? word) && word == old)
        {
            parent[property] = now;
        }
    }

    private DetectorDocument Upgrade()
    {
        bool hasFoldBanks = Banks.Count > 1;
        return new DetectorDocument
        {
            Engine = Engine,
            Lanes = [new LaneRecord(Backbone, new ViewPlan { Preprocessing = Preprocessing }, Patches)],
            Branches =
            [
                .. Banks.Select(bank => new BranchRecord(
                    0,
                    Scoring,
                    Map,
                    bank is null ? null! : bank with { Patches = Fit.Patches, CoveringRadius = Fit.CoveringRadius })),
            ],
            Fusion = ScoreFusion.Unscaled,

            // With a bank per fold, each score is by one bank, unlike the scores of new images.
            Thresholds = hasFoldBanks
                ? Thresholds.WithoutCheck() with
                {
                    ImageScores = [],
                    PixelPeaks = [],
                    FoldImageScores = Thresholds.ImageScores,
                    FoldPixelPeaks = Thresholds.PixelPeaks,
                }
                : Thresholds.WithoutCheck(),
            Fit = Fit,
            Golden = [.. (Golden ?? []).Select(golden => golden is null ? null! : golden.Upgrade())],
            Sections =
            [
                .. (Sections ?? []).Select(section => section is null
                    ? null!
                    : section with
                    {
                        Name = section.Name is null
                            ? null!
                            : DetectorFileLayout.FromFormat1(section.Name, Backbone.Sha256),
                    }),
            ],
        };
    }
}
