namespace SemiDefect.Anomaly.Cli;

/// <summary>The exit codes of the process. They are documented in the README, and scripts depend on them.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;
    public const int SomeUnreadable = 3;
    public const int AbnormalFound = 4;
    public const int ProblemsFound = 5;
    public const int CouldFlip = 6;
    public const int CheckFound = 7;
    public const int Canceled = 130;
}
