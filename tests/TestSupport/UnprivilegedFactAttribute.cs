namespace SemiDefect.Anomaly.TestSupport;

/// <summary>A test of Unix permissions; skipped, visibly, on Windows, and for a root who cannot put the rights down.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute()
    {
        if (OperatingSystem.IsWindows() || (Environment.IsPrivilegedProcess && !OperatingSystem.IsLinux()))
        {
            Skip = "Needs Unix permissions and a user who can be bound by them.";
        }
    }
}
