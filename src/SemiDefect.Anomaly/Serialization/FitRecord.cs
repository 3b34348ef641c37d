using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>How a detector was fitted. For the record: nothing of it is needed to inspect.</summary>
public sealed record FitRecord
{
    /// <summary>The preset that the options started from.</summary>
    public required string Preset { get; init; }

    /// <summary>The good images, as '/'-separated paths relative to their folder, in order.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>
    /// SHA-256 of each good image's decoded pixels (see <see cref="Imaging.Image.Sha256()"/>), hexadecimal, in the order of <see cref="Images"/>; empty in
    /// files made before they were kept.
    /// </summary>
    public IReadOnlyList<string> ImageHashes
    {
        get;

        // The reader sets what a file leaves out to null.
        init => field = value ?? [];
    } = [];

    /// <summary>The fit, updates and merges that the images came by, in order; empty in files made before they were kept, which stands for one fit.</summary>
    public IReadOnlyList<FitStep> Steps
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The number of patches of all good images.</summary>
    public required int Patches { get; init; }

    /// <summary>How the memory bank was picked.</summary>
    public required CoresetMethod CoresetMethod { get; init; }

    /// <summary>The share of patches to keep, where a share was asked for.</summary>
    public double? CoresetFraction { get; init; }

    /// <summary>The number of patches to keep, where a number was asked for.</summary>
    public int? CoresetCount { get; init; }

    /// <summary>The covering radius at which picking stopped, where one was asked for.</summary>
    public double? CoresetRadius { get; init; }

    /// <summary>The dimensions of the random projection used for picking; null for none.</summary>
    public int? ProjectionDimension { get; init; }

    /// <summary>
    /// No good patch is farther (Euclidean) from the patch of the memory bank nearest to it; with a bank per fold, none outside the fold is. Null in
    /// files of before it was recorded.
    /// </summary>
    public double? CoveringRadius { get; init; }

    /// <summary>In how many pieces the features were reduced; null where the bank was picked from all of them at once.</summary>
    public int? Pieces { get; init; }

    /// <summary>How good images were judged for the thresholds.</summary>
    public required CalibrationMethod Calibration { get; init; }

    /// <summary>The folds asked for.</summary>
    public required int Folds { get; init; }

    /// <summary>What decided the folds and all else that was drawn.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Where the backbone ran: cpu or cuda.</summary>
    public required string Device { get; init; }
}
