namespace SemiDefect.Anomaly;

/// <summary>The stages of an inspection, in order.</summary>
public enum InspectionStage
{
    /// <summary>Reading and decoding the file.</summary>
    Decoding,

    /// <summary>Resizing, cropping and normalizing the image.</summary>
    Preprocessing,

    /// <summary>Running the network.</summary>
    Network,

    /// <summary>Turning feature maps into patch embeddings.</summary>
    Patches,

    /// <summary>Searching nearest neighbors in the memory bank.</summary>
    Search,

    /// <summary>Building the anomaly map and deciding.</summary>
    Map,
}
