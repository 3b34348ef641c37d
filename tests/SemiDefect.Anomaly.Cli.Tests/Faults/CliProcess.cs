using System.Diagnostics;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>Runs the command line as a separate process, which can be limited and killed.</summary>
internal static class CliProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Starts the process in <paramref name="folder"/>, optionally with <paramref name="prefix"/> (such as a shell that
    /// sets limits). An environment variable with an empty value is removed.
    /// </summary>
    public static Process Start(
        string folder,
        string[] arguments,
        string[]? prefix = null,
        params (string Name, string Value)[] environment)
    {
        string host = Environment.ProcessPath is string path && Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? path
            : "dotnet";
        string[] command =
            [.. prefix ?? [], host, "exec", Path.Combine(AppContext.BaseDirectory, "semidefect.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
            if (value.Length == 0)
            {
                start.Environment.Remove(name);
            }
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the process to exit.</summary>
    public static CliRun Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            throw new TimeoutException("The command did not exit.");
        }

        return new CliRun(process.ExitCode, output.Result, error);
    }

    public static CliRun Run(string folder, params string[] arguments)
    {
        using Process process = Start(folder, arguments);
        return Finish(process);
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static void Do(string folder, params string[] arguments)
    {
        CliRun run = Run(folder, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
    }
}
