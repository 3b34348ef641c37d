namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>A test on its own file system; reported as skipped if none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanMount = new(() =>
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        try
        {
            using var disk = new SmallDisk("64k");
            return true;
        }
        catch (Exception error) when (error is IOException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    public FullDiskFactAttribute()
    {
        if (!CanMount.Value)
        {
            Skip = "Requires Linux and the right to mount a small file system.";
        }
    }
}
