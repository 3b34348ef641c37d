namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>How much a finding matters.</summary>
public enum CheckSeverity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Likely to spoil results.</summary>
    Warning,

    /// <summary>Wrong.</summary>
    Error,
}
