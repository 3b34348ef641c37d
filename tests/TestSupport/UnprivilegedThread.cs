using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// During its lifetime, this thread accesses files with the rights of an unprivileged user. On Linux, root may read and
/// write everything; changing the file system identity of a thread (setfsuid) drops that right without a new process.
/// Other users are bound by permissions anyway.
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
