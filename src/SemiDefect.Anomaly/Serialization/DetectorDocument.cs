using System.Text.Json;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The JSON header of a detector file: all of a detector but its vectors. Immutable and thread-safe.</summary>
public sealed record DetectorDocument
{
    /// <summary>The version of the engine that wrote it.</summary>
    public required string Engine { get; init; }

    /// <summary>The network.</summary>
    public required BackboneRecord Backbone { get; init; }

    /// <summary>How an image becomes the network's input.</summary>
    public required PreprocessingOptions Preprocessing { get; init; }

    /// <summary>How patch embeddings are made.</summary>
    public required PatchOptions Patches { get; init; }

    /// <summary>How distances become scores.</summary>
    public required ScoringOptions Scoring { get; init; }

    /// <summary>How maps are made.</summary>
    public required AnomalyMapOptions Map { get; init; }

    /// <summary>The thresholds.</summary>
    public required DetectorThresholds Thresholds { get; init; }

    /// <summary>How it was fitted.</summary>
    public required FitRecord Fit { get; init; }

    /// <summary>The memory banks: one, or one per fold.</summary>
    public required IReadOnlyList<BankRecord> Banks { get; init; }

    /// <summary>The good images kept to be replayed on other machines; empty in files made before they were kept.</summary>
    public IReadOnlyList<GoldenRecord> Golden
    {
        get;

        // The reader sets what a file leaves out to null.
        init => field = value ?? [];
    } = [];

    /// <summary>Where everything else lies.</summary>
    public IReadOnlyList<SectionRecord> Sections
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The header as the JSON text that a detector file holds.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DetectorJson.Default.DetectorDocument);
}
