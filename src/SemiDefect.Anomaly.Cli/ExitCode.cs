namespace SemiDefect.Anomaly.Cli;

/// <summary>What the process returns; documented in the README, and others script against it.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;
    public const int SomeUnreadable = 3;
    public const int AbnormalFound = 4;
    public const int ProblemsFound = 5;
    public const int CouldFlip = 6;
    public const int Cancelled = 130;
}
