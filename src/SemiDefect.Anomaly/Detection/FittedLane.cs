using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Detection;

/// <summary>What a fit makes of the features of one lane. Does not own what it holds.</summary>
/// <param name="Banks">One bank, or one per fold.</param>
/// <param name="Models">The search over each bank, which the detector goes on to inspect with.</param>
/// <param name="OutOfFold">What the branches make of the good images.</param>
/// <param name="CoveringRadius">No good patch is farther (Euclidean) from the bank; with a bank per fold, no patch
/// outside the fold is from the fold's bank.</param>
/// <param name="Pieces">How many pieces the features were reduced in; null where the bank was picked from all of them
/// at once.</param>
/// <param name="Calibration">How good images were judged.</param>
/// <param name="Patches">The number of patches learned from.</param>
internal sealed record FittedLane(
    IReadOnlyList<MemoryBank> Banks,
    IReadOnlyList<MemoryBankModel> Models,
    OutOfFoldScores OutOfFold,
    double CoveringRadius,
    int? Pieces,
    CalibrationMethod Calibration,
    int Patches) : IDisposable
{
    /// <summary>Gives models and banks back.</summary>
    public void Dispose()
    {
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
