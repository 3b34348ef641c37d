namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// A test of Unix permissions; reported as skipped on Windows, and if root cannot drop its privileges.
/// </summary>
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
