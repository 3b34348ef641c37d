using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>The content of a detector file. Thread-safe. Owns the banks.</summary>
/// <param name="Document">The header.</param>
/// <param name="Networks">The network of each lane; null if the file does not contain it.</param>
/// <param name="Banks">The memory bank of each branch.</param>
internal sealed record DetectorBundle(
    DetectorDocument Document, IReadOnlyList<BackboneFile?> Networks, IReadOnlyList<MemoryBank> Banks) : IDisposable
{
    /// <summary>The golden images, as many as the header lists.</summary>
    public IReadOnlyList<GoldenInput> Golden { get; init; } = [];

    public void Dispose()
    {
        foreach (MemoryBank bank in Banks)
        {
            bank.Dispose();
        }
    }
}

/// <summary>A golden image with its sections. Treat as immutable; then thread-safe.</summary>
/// <param name="Record">Its entry in the header.</param>
/// <param name="Pixels">The canvas of each lane before normalization, [y][x][R, G, B].</param>
/// <param name="Features">The stored vectors of each lane, consecutively.</param>
/// <param name="PatchScores">The score of every patch, by branch, view and patch.</param>
internal sealed record GoldenInput(
    GoldenRecord Record, IReadOnlyList<byte[]> Pixels, IReadOnlyList<float[]> Features, double[] PatchScores);

/// <summary>
/// A good image stored as the input of the detector's lanes, with the detector's output at the fit, to be replayed on
/// other machines. Its pixels, features and patch scores are sections of the file. Immutable and thread-safe.
/// </summary>
internal sealed record GoldenRecord
{
    /// <summary>The index of the good image.</summary>
    public required int Image { get; init; }

    /// <summary>The width of the original; 0 in files of format 1, which only store the canvas.</summary>
    public int OriginalWidth { get; init; }

    /// <summary>The height of the original; 0 in files of format 1.</summary>
    public int OriginalHeight { get; init; }

    /// <summary>The input of each lane.</summary>
    public required IReadOnlyList<GoldenLane> Lanes { get; init; }

    /// <summary>The image score.</summary>
    public required double Score { get; init; }

    /// <summary>The maximum of the anomaly map at the working size.</summary>
    public required double Peak { get; init; }
}

/// <summary>The input of a lane for a golden image. Immutable and thread-safe.</summary>
/// <param name="Width">The width of the canvas.</param>
/// <param name="Height">The height of the canvas.</param>
/// <param name="Patches">The indices, ascending, of the stored vectors in the first view that has any.</param>
internal sealed record GoldenLane(int Width, int Height, IReadOnlyList<int> Patches);
