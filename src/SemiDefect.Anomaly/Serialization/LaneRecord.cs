using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>How images are turned into patches, for all branches of the lane. Immutable and thread-safe.</summary>
/// <param name="Backbone">The network.</param>
/// <param name="Views">The views of an image.</param>
/// <param name="Patches">How the network's maps are pooled into patch vectors.</param>
public sealed record LaneRecord(BackboneRecord Backbone, ViewPlan Views, PatchOptions Patches)
{
    /// <summary>How deviations of patches are weighted; null if they are not.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal WhiteningRecord? Whitening { get; init; }
}
