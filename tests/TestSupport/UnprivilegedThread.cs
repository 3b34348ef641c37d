using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// While it lives, this thread meets files as a user without rights would. Root on Linux may read and write everything, and a
/// thread's file system identity (setfsuid) gives that up without a new process; other users are bound by permissions anyway.
/// </summary>
internal sealed partial class UnprivilegedThread : IDisposable
{
    private const uint Nobody = 65534;

    private readonly bool _isSwitched = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    public UnprivilegedThread()
    {
        if (_isSwitched)
        {
            _ = SetGroup(Nobody);
            _ = SetUser(Nobody);
        }
    }

    public void Dispose()
    {
        if (_isSwitched)
        {
            _ = SetUser(0);
            _ = SetGroup(0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial int SetGroup(uint group);
}
