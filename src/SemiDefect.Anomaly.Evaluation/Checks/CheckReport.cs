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
    /// <summary>What was understood, in one sentence; null for a folder of images in no layout.</summary>
    public string? Summary { get; init; }

    /// <summary>Whether there is any finding above <see cref="CheckSeverity.Info"/>.</summary>
    public bool HasProblems => Findings.Any(finding => finding.Severity > CheckSeverity.Info);
}
