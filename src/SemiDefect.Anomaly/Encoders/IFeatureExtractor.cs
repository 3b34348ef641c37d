namespace SemiDefect.Anomaly.Encoders;

/// <summary>A frozen network that turns normalized images into feature maps. Implementations are thread-safe.</summary>
internal interface IFeatureExtractor : IDisposable
{
    /// <summary>The outputs, in the order of the results of <see cref="Extract"/>.</summary>
    IReadOnlyList<string> Taps { get; }

    /// <summary>The fixed input height, or null for any.</summary>
    int? FixedHeight { get; }

    /// <summary>The fixed input width, or null for any.</summary>
    int? FixedWidth { get; }

    /// <summary>Runs the network.</summary>
    /// <param name="input">images x 3 x height x width, normalized.</param>
    /// <param name="images">The number of images.</param>
    /// <param name="height">Rows of each image.</param>
    /// <param name="width">Columns of each image.</param>
    /// <returns>One map per tap, each for all images.</returns>
    /// <exception cref="BackboneException">The network does not accept this size, or fails.</exception>
    IReadOnlyList<FeatureMap> Extract(ReadOnlyMemory<float> input, int images, int height, int width);
}
