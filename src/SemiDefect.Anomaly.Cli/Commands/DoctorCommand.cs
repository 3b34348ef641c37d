using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect doctor</c>: reports the hardware and the devices in use, and runs self-tests.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        Option<bool> json = GlobalOptions.Json();
        var command = new Command(
            "doctor",
            "Show this machine's hardware and which devices will be used, and run self-tests. Exits with "
                + $"{ExitCode.Failed} if a test fails.")
        {
            json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            DoctorReport report = ProgressDisplay.Run(display => Examination.Run(display, cancellationToken));
            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(report, DoctorJson.Default.DoctorReport));
            }
            else
            {
                Write(output, report);
            }

            return Task.FromResult(report.Healthy ? ExitCode.Done : ExitCode.Failed);
        });
        return command;
    }

    private static void Write(TextWriter output, DoctorReport report)
    {
        output.WriteLine($"engine          {report.Engine}, {report.Runtime}");
        output.WriteLine($"system          {report.System}, {report.Architecture}");
        output.WriteLine($"processor       {report.Cores} cores, {report.Simd}");
        output.WriteLine($"memory          {Gigabytes(report.MemoryBytes)}");
        output.WriteLine($"ONNX Runtime    {report.OnnxRuntime}; {string.Join(", ", report.ExecutionProviders)}");
        output.WriteLine($"backbones       {string.Join(", ", report.Backbones)}");
        output.WriteLine($"--device auto         is {report.Network.Auto}: {report.Network.Why}");
        output.WriteLine($"--search-device auto  is {report.Search.Auto}: {report.Search.Why}");
        foreach (AcceleratorJson accelerator in report.Accelerators)
        {
            output.WriteLine(
                $"{accelerator.Id,-15} {Text.Printable(accelerator.Name)}; {Gigabytes(accelerator.MemoryBytes)}; "
                    + $"{Text.Printable(accelerator.Driver)}");
        }

        output.WriteLine();
        foreach (DoctorCheckJson check in report.Checks)
        {
            Write(output, check.Passed, check.Name, check.Detail);
        }

        foreach (AcceleratorJson accelerator in report.Accelerators)
        {
            Write(
                output,
                accelerator.Passed,
                accelerator.Id,
                $"{accelerator.Detail} ({accelerator.Seconds.ToString("F1", CultureInfo.InvariantCulture)} s)");
        }
    }

    private static void Write(TextWriter output, bool passed, string name, string detail) =>
        output.WriteLine($"{(passed ? "ok    " : "FAILED")}  {name,-12}  {Text.Printable(detail)}");

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F1} GB");
}
