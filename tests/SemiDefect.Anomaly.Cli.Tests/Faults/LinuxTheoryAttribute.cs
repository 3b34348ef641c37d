namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>A test of Linux resource limits; reported as skipped on other systems.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Requires Linux.";
        }
    }
}
