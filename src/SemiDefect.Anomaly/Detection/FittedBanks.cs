using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Detection;

/// <summary>What a fit makes of the features. Does not own what it holds.</summary>
/// <param name="Banks">One bank, or one per fold.</param>
/// <param name="Thresholds">The thresholds.</param>
/// <param name="CoveringRadius">No good patch is farther (Euclidean) from the bank; with a bank per fold, no patch outside the fold is from the fold's bank.</param>
/// <param name="Pieces">How many pieces the features were reduced in; null where the bank was picked from all of them at once.</param>
/// <param name="Model">The one bank with its search, where the thresholds needed that already; null otherwise.</param>
internal sealed record FittedBanks(IReadOnlyList<MemoryBank> Banks, DetectorThresholds Thresholds, double CoveringRadius, int? Pieces, BankModel? Model = null);
