using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>How a detector was fitted. For information only; not needed for inspection.</summary>
public sealed record FitRecord
{
    /// <summary>The preset on which the options were based.</summary>
    public required string Preset { get; init; }

    /// <summary>The good images, as '/'-separated paths relative to their folder, in order.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>
    /// SHA-256 of the decoded pixels of each good image (see <see cref="Imaging.Image.Sha256()"/>), hexadecimal, in the
    /// order of <see cref="Images"/>; empty in older files.
    /// </summary>
    public IReadOnlyList<string> ImageHashes
    {
        get;

        // The deserializer sets missing properties to null.
        init => field = value ?? [];
    } = [];

    /// <summary>
    /// The fit, updates and merges that added the images, in order; empty in older files, which means a single fit.
    /// </summary>
    public IReadOnlyList<FitStep> Steps
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The number of patches of all good images.</summary>
    public required int Patches { get; init; }

    /// <summary>How the memory bank was selected.</summary>
    public required CoresetMethod CoresetMethod { get; init; }

    /// <summary>The requested share of patches, or null.</summary>
    public double? CoresetFraction { get; init; }

    /// <summary>The most patches that the share may come to in a memory bank; null for no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? CoresetMaximum { get; init; }

    /// <summary>The requested number of patches, or null.</summary>
    public int? CoresetCount { get; init; }

    /// <summary>The requested covering radius, or null.</summary>
    public double? CoresetRadius { get; init; }

    /// <summary>The number of dimensions of the random projection used for selection; null for none.</summary>
    public int? ProjectionDimension { get; init; }

    /// <summary>
    /// The largest Euclidean distance of any good patch to the memory bank; with a bank per fold, of any patch outside
    /// the fold. Null in older files.
    /// </summary>
    public double? CoveringRadius { get; init; }

    /// <summary>
    /// The number of pieces in which the features were reduced; null if the bank was selected from all of them at once.
    /// </summary>
    public int? Pieces { get; init; }

    /// <summary>How good images were scored for the thresholds.</summary>
    public required CalibrationMethod Calibration { get; init; }

    /// <summary>The requested number of folds.</summary>
    public required int Folds { get; init; }

    /// <summary>The seed of the folds and of all other random choices.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The device of the backbone: cpu or cuda.</summary>
    public required string Device { get; init; }
}
