namespace SemiDefect.Anomaly.Tests.Serialization;

/// <summary>The outcome of reading a changed file.</summary>
internal enum MutationEnd
{
    /// <summary>The file is refused.</summary>
    Refused,

    /// <summary>The detector gives the same results as before.</summary>
    WorksAsBefore,

    /// <summary>
    /// The file is refused, or the detector works: the changed value may be valid.
    /// </summary>
    Either,
}
