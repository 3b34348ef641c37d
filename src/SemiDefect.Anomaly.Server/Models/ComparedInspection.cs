using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>An inspection as two versions see it. Immutable.</summary>
/// <param name="Record">The inspection.</param>
/// <param name="FirstScore">The score by the first version.</param>
/// <param name="FirstDecision">The decision of the first version.</param>
/// <param name="SecondScore">The score by the second version.</param>
/// <param name="SecondDecision">The decision of the second version.</param>
internal sealed record ComparedInspection(
    InspectionRecord Record,
    double FirstScore,
    Decision FirstDecision,
    double SecondScore,
    Decision SecondDecision);
