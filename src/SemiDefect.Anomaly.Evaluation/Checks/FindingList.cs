namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>Collects findings. Not thread-safe.</summary>
internal sealed class FindingList
{
    private readonly List<CheckFinding> _findings = [];

    public void Add(CheckSeverity severity, string code, string message, params IReadOnlyList<string> paths) =>
        _findings.Add(new CheckFinding(severity, code, message, paths));

    /// <summary>The findings, most severe first; otherwise in the order of the rules and of the files.</summary>
    public IReadOnlyList<CheckFinding> Sorted() => [.. _findings.OrderByDescending(finding => finding.Severity)];
}
