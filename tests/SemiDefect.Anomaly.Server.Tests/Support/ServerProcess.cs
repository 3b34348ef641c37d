using System.Diagnostics;
using System.Runtime.InteropServices;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests.Support;

/// <summary><c>semidefect serve</c> in its own process.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
    }

    public HttpClient Client { get; }

    public bool HasExited => _process.HasExited;

    public static async Task<ServerProcess> StartAsync(TemporaryFolder folder, params string[] more)
    {
        Directory.CreateDirectory(folder.File("models"));
        if (!File.Exists(folder.File("models/tiny.sdad")))
        {
            await File.WriteAllBytesAsync(folder.File("models/tiny.sdad"), Parts.DetectorFile);
        }

        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "semidefect.dll"), "serve",
                "--models", folder.File("models"), "--data", folder.File("data"),
                "--urls", "http://127.0.0.1:0", "--threads", "1",
            },
        };
        foreach (string argument in more)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(
            "The server said nothing.");
        _ = process.StandardOutput.ReadToEndAsync();
        return new ServerProcess(process, new Uri(line["listening on ".Length..]));
    }

    /// <summary>Kills it, as a power failure would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM and returns the exit code. Not on Windows.</summary>
    public async Task<int> TerminateAsync()
    {
        Assert.Equal(0, Kill(_process.Id, 15));
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);
}
