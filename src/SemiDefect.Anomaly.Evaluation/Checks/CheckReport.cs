namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>All that was found in a data set. Immutable, and so thread-safe.</summary>
/// <param name="Training">How many images are there to learn from.</param>
/// <param name="Tested">How many images there are of each type to judge; 'good' among them.</param>
/// <param name="Findings">The findings, the gravest first.</param>
public sealed record CheckReport(int Training, IReadOnlyDictionary<string, int> Tested, IReadOnlyList<CheckFinding> Findings)
{
    /// <summary>Whether anything graver than <see cref="CheckSeverity.Info"/> was found.</summary>
    public bool HasProblems => Findings.Any(finding => finding.Severity > CheckSeverity.Info);
}
