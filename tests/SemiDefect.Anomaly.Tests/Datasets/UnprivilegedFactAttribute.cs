namespace SemiDefect.Anomaly.Tests.Datasets;

/// <summary>A test of Unix permissions; skipped, visibly, on Windows and where the user may read everything anyway.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Skip = "Needs Unix permissions and a user who is bound by them.";
        }
    }
}
