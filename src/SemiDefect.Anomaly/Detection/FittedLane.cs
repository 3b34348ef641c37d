using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Detection;

/// <summary>The result of fitting one lane. Does not own its contents.</summary>
/// <param name="Banks">One bank, or one per fold.</param>
/// <param name="Models">The search over each bank, which is then used for inspection.</param>
/// <param name="OutOfFold">The out-of-fold scores of the good images by the branches.</param>
/// <param name="CoveringRadius">The largest Euclidean distance of any good patch to the bank; with a bank per fold, of
/// any patch outside the fold to the fold's bank.</param>
/// <param name="Pieces">The number of pieces in which the features were reduced; null if the bank was selected from all
/// of them at once.</param>
/// <param name="Calibration">How good images were scored.</param>
/// <param name="Patches">The number of training patches.</param>
internal sealed record FittedLane(
    IReadOnlyList<MemoryBank> Banks,
    IReadOnlyList<MemoryBankModel> Models,
    OutOfFoldScores OutOfFold,
    double CoveringRadius,
    int? Pieces,
    CalibrationMethod Calibration,
    int Patches) : IDisposable
{
    /// <summary>The projection that the patches went through; null for none.</summary>
    public PatchProjection? Projection { get; init; }

    /// <summary>The whitening that the models use; null for none.</summary>
    public PatchWhitening? Whitening { get; init; }

    /// <summary>The planted defects and their out-of-fold scores by this lane, by image.</summary>
    public IReadOnlyList<PlantedDefect> Planted { get; init; } = [];

    /// <summary>The size of the banks in bytes, with their whitened rows.</summary>
    public long BankBytes =>
        Banks.Sum(bank => (long)bank.Vectors.Rows * bank.Vectors.Columns * sizeof(float)) * (Whitening is null ? 1 : 2);

    /// <summary>Frees models, banks, projection and whitening.</summary>
    public void Dispose()
    {
        Projection?.Dispose();
        Whitening?.Dispose();
        foreach (MemoryBankModel model in Models)
        {
            model.Dispose();
        }

        foreach (MemoryBank bank in Banks)
        {
            bank.Dispose();
        }
    }
}

/// <summary>
/// The scores of every good image by the branches of one lane, computed without anything from the image's fold. Treat
/// as immutable; then thread-safe.
/// </summary>
/// <param name="Branches">By image, then by branch; empty if nothing was scored.</param>
/// <param name="OwnBranches">
/// If every fold has a bank of its own: for each image, the branch that was not trained on its fold. Otherwise null.
/// </param>
internal sealed record OutOfFoldScores(
    IReadOnlyList<IReadOnlyList<BranchScores>> Branches,
    IReadOnlyList<int>? OwnBranches)
{
    /// <summary>No good image was scored.</summary>
    public static OutOfFoldScores None { get; } = new([], null);
}
