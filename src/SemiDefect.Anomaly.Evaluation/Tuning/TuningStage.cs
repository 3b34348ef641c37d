namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>The steps of a tuning.</summary>
public enum TuningStage
{
    /// <summary>A detector is fitted for each network and working size; counted in detectors.</summary>
    Fitting,

    /// <summary>Defects are planted and inspected; counted in pictures.</summary>
    Planting,

    /// <summary>Combinations are compared; counted in combinations.</summary>
    Comparing,
}
