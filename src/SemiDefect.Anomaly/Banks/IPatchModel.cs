using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// What normal patches look like, and how far others are from it: a memory bank with its nearest neighbors, or anything
/// else. Implementations are thread-safe.
/// </summary>
internal interface IPatchModel : IDisposable
{
    /// <summary>Values per patch.</summary>
    int Dimension { get; }

    /// <summary>Scores the patches of a view.</summary>
    /// <param name="grid">The patches.</param>
    /// <param name="filter">Which of what was learned may answer.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="SemiDefectException">The grid has another dimension.</exception>
    PatchScores Score(PatchGrid grid, BankFilter filter, CancellationToken cancellationToken);
}
