using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// A model of normal patches that scores how far other patches deviate from it, such as a memory bank with nearest
/// neighbor search. Implementations are thread-safe.
/// </summary>
internal interface IPatchModel : IDisposable
{
    /// <summary>Values per patch.</summary>
    int Dimension { get; }

    /// <summary>Scores the patches of a view.</summary>
    /// <param name="grid">The patches.</param>
    /// <param name="filter">Which training samples may be used.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="SemiDefectException">The dimension of the grid differs.</exception>
    PatchScores Score(PatchGrid grid, BankFilter filter, CancellationToken cancellationToken);
}
