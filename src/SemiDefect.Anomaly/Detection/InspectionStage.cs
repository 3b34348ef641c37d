namespace SemiDefect.Anomaly;

/// <summary>Where the time of an inspection goes, in the order of the work.</summary>
public enum InspectionStage
{
    /// <summary>The file is read and decoded.</summary>
    Decoding,

    /// <summary>The image is resized, cropped and normalized.</summary>
    Preprocessing,

    /// <summary>The network runs.</summary>
    Network,

    /// <summary>Feature maps become patch embeddings.</summary>
    Patches,

    /// <summary>Nearest neighbors are looked up in the memory bank.</summary>
    Search,

    /// <summary>The anomaly map is made, and the verdict.</summary>
    Map,
}
