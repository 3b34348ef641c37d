namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>How reading a changed file must end.</summary>
internal enum MutationEnd
{
    /// <summary>In a refusal.</summary>
    Refused,

    /// <summary>In a detector that gives the same answers as before.</summary>
    WorksAsBefore,

    /// <summary>
    /// In a refusal, or in a detector that works: the change may say something that a detector can be.
    /// </summary>
    Either,
}
