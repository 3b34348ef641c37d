using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>How images become patches: computed once for all branches of the lane. Immutable and thread-safe.</summary>
/// <param name="Backbone">The network.</param>
/// <param name="Views">How images are looked at.</param>
/// <param name="Patches">How the network's maps become patch vectors.</param>
public sealed record LaneRecord(BackboneRecord Backbone, ViewPlan Views, PatchOptions Patches);
