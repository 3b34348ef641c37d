namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>A test of Linux's limits; skipped, visibly, elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Needs Linux.";
        }
    }
}
