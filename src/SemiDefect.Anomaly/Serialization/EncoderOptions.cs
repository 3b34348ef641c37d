using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The options of an encoder component. Immutable and thread-safe.</summary>
/// <param name="Backbone">The network.</param>
/// <param name="Patches">How its maps are pooled into patch vectors.</param>
internal sealed record EncoderOptions(BackboneRecord Backbone, PatchOptions Patches);
