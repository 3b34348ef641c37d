using System.Diagnostics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>A small in-memory file system, to test full disks.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallDisk(string size)
    {
        try
        {
            Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", _folder.Path);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    public string Path => _folder.Path;

    public string File(string relativePath) => _folder.File(relativePath);

    public void Dispose()
    {
        Run("umount", _folder.Path);
        _folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process =
            Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException(error);
        }
    }
}
