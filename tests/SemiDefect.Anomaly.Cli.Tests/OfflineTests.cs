using SemiDefect.Anomaly.Cli.Tests.Faults;

namespace SemiDefect.Anomaly.Cli.Tests;

[Trait("Speed", "Slow")]
public sealed class OfflineTests(FaultWorkshop workshop) : IClassFixture<FaultWorkshop>
{
    /// <summary>ONNX Runtime's telemetry would create a file with a machine identifier and send data.</summary>
    [Fact]
    public void No_telemetry_is_sent_and_no_temporary_file_remains()
    {
        string folder = workshop.Fresh("temporary");
        string[] arguments = ["fit", "good", "--out", "fitted.sdad", .. FaultWorkshop.FitOptions];
        CliRun run = CliProcess.Finish(
            CliProcess.Start(
                workshop.Path,
                arguments,
                null,
                ("TMPDIR", folder),
                ("TEMP", folder),
                ("TMP", folder),
                ("CI", ""),
                ("ORT_DISABLE_TELEMETRY", "")));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)),
            name =>
                !name.StartsWith("clr-debug-pipe", StringComparison.Ordinal)
                    && !name.StartsWith("dotnet-diagnostic", StringComparison.Ordinal));
    }
}
