using System.Text.Json;
using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The complete description of a detector, without its vectors. Immutable and thread-safe.</summary>
public sealed record DetectorDocument
{
    /// <summary>The version of the engine that wrote it.</summary>
    public required string Engine { get; init; }

    /// <summary>How images are turned into patches; at least one lane.</summary>
    public required IReadOnlyList<LaneRecord> Lanes { get; init; }

    /// <summary>How image files are read; null for the first page with all bits of each sample.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReadingRecord? Reading { get; init; }

    /// <summary>How patches are scored; at least one branch; branches of the same lane are adjacent.</summary>
    public required IReadOnlyList<BranchRecord> Branches { get; init; }

    /// <summary>How the branches are combined into one score and one map.</summary>
    public required ScoreFusion Fusion { get; init; }

    /// <summary>The thresholds.</summary>
    public required DetectorThresholds Thresholds { get; init; }

    /// <summary>How it was fitted.</summary>
    public required FitRecord Fit { get; init; }

    /// <summary>
    /// The good images stored to be replayed on other machines; empty in older files.
    /// </summary>
    [JsonInclude]
    internal IReadOnlyList<GoldenRecord> Golden
    {
        get;

        // The deserializer sets missing properties to null.
        init => field = value ?? [];
    } = [];

    /// <summary>The positions of the binary data.</summary>
    [JsonInclude]
    internal IReadOnlyList<SectionRecord> Sections
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The number of good images kept to be replayed on other machines.</summary>
    [JsonIgnore]
    public int GoldenImages => Golden.Count;

    /// <summary>The network of the first lane.</summary>
    [JsonIgnore]
    public BackboneRecord Backbone => Lanes[0].Backbone;

    /// <summary>How images are turned into the input of the first lane's network.</summary>
    [JsonIgnore]
    public PreprocessingOptions Preprocessing => Lanes[0].Views.Preprocessing;

    /// <summary>How the patches of the first lane are computed.</summary>
    [JsonIgnore]
    public PatchOptions Patches => Lanes[0].Patches;

    /// <summary>How the distances of the first branch are turned into scores.</summary>
    [JsonIgnore]
    public ScoringOptions Scoring => Branches[0].Scoring;

    /// <summary>How the maps of the first branch are computed.</summary>
    [JsonIgnore]
    public AnomalyMapOptions Map => Branches[0].Map;

    /// <summary>The memory banks, one per branch.</summary>
    [JsonIgnore]
    public IReadOnlyList<BankRecord> Banks => [.. Branches.Select(branch => branch.Bank)];

    /// <summary>Whether the branches are banks of folds over the same patches.</summary>
    [JsonIgnore]
    public bool HasFoldBanks => Branches.Count > Lanes.Count;

    /// <summary>The document as JSON text, but for where its parts lie in a file.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(this with { Sections = [] }, DetectorJson.Default.DetectorDocument);
}
