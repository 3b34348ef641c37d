namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>All findings in a data set. Immutable and thread-safe.</summary>
/// <param name="Training">Number of training images.</param>
/// <param name="Tested">Number of test images by type, including 'good'.</param>
/// <param name="Findings">The findings, most severe first.</param>
public sealed record CheckReport(
    int Training,
    IReadOnlyDictionary<string, int> Tested,
    IReadOnlyList<CheckFinding> Findings)
{
    /// <summary>Whether there is any finding above <see cref="CheckSeverity.Info"/>.</summary>
    public bool HasProblems => Findings.Any(finding => finding.Severity > CheckSeverity.Info);
}
