using System.Globalization;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

[Trait("Speed", "Slow")]
public sealed class MemoryLimitTests(FaultWorkshop workshop) : IClassFixture<FaultWorkshop>
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(64)]
    public void Too_little_memory_ends_in_one_line_and_leaves_the_old_model(int mebibytes)
    {
        workshop.Fresh("out");
        File.Copy(workshop.File("old.sdad"), workshop.File("out/model.sdad"));
        string limit = (mebibytes << 20).ToString("x", CultureInfo.InvariantCulture);
        CliRun run = CliProcess.Finish(CliProcess.Start(
            workshop.Path,
            ["fit", "good", "--out", "out/model.sdad", "--resize", "1024", "--coreset", "12"],
            null,
            ("DOTNET_GCHeapHardLimit", limit)));
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("out of memory", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(workshop.File("old.sdad")), File.ReadAllBytes(workshop.File("out/model.sdad")));
        Assert.Single(Directory.GetFiles(workshop.File("out")));
    }

    [LinuxTheory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(3000)]
    [InlineData(4000)]
    [InlineData(8000)]
    public void Whatever_the_address_space_a_model_is_old_or_new_and_whole(int mebibytes)
    {
        workshop.Fresh("out");
        File.Copy(workshop.File("old.sdad"), workshop.File("out/model.sdad"));
        CliRun run = CliProcess.Finish(CliProcess.Start(
            workshop.Path,
            ["fit", "good", "--out", "out/model.sdad", .. FaultWorkshop.FitOptions, "--coreset", "12"],
            ["sh", "-c", $"ulimit -v {mebibytes * 1024}; exec \"$@\"", "sh"]));
        string expected = run.ExitCode == ExitCode.Done ? "new.sdad" : "old.sdad";
        Assert.Equal(File.ReadAllBytes(workshop.File(expected)), File.ReadAllBytes(workshop.File("out/model.sdad")));
        Assert.Single(Directory.GetFiles(workshop.File("out")));
        if (run.ExitCode == ExitCode.Failed)
        {
            Assert.StartsWith("semidefect: ", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        }

        // With less, the .NET runtime cannot start, and reports its own error.
        Assert.True(run.ExitCode is ExitCode.Done or ExitCode.Failed || mebibytes < 4000, run.Error);
    }
}
