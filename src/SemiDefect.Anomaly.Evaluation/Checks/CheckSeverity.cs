namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>The severity of a finding.</summary>
public enum CheckSeverity
{
    /// <summary>For information.</summary>
    Info,

    /// <summary>Likely to distort results.</summary>
    Warning,

    /// <summary>An error.</summary>
    Error,
}
