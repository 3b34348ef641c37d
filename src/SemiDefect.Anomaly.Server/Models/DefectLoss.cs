using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>
/// A known defect as two versions see it. The second is the one that may become active. Immutable.
/// </summary>
/// <param name="Record">The inspection whose verdict says that the part is bad.</param>
/// <param name="ScoreBefore">The score by the active version; null if its picture is gone.</param>
/// <param name="ScoreAfter">The score by the other version; null if its picture is gone.</param>
internal sealed record ComparedDefect(InspectionRecord Record, double? ScoreBefore, double? ScoreAfter);

/// <summary>What an activation would do to the known defects. Immutable.</summary>
/// <param name="Lost">Found by the active version, and not by the other one.</param>
/// <param name="Known">The number of known defects.</param>
/// <param name="Unscored">Those of them that could not be compared, because their pictures are gone.</param>
internal sealed record DefectLoss(IReadOnlyList<ComparedDefect> Lost, int Known, int Unscored)
{
    public static DefectLoss None { get; } = new([], 0, 0);
}
