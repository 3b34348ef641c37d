namespace SemiDefect.Anomaly.Cli;

/// <summary>Whether a fit chooses networks and working sizes by itself.</summary>
internal enum TuneMode
{
    /// <summary>It takes the options as they are.</summary>
    Off,

    /// <summary>It compares a few combinations on planted defects.</summary>
    Quick,

    /// <summary>It also compares a third size and other ways to score.</summary>
    Full,
}
