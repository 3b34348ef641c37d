using System.Globalization;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

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
        Assert.Contains("memory is too small", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(workshop.File("old.sdad")), File.ReadAllBytes(workshop.File("out/model.sdad")));
        Assert.Single(Directory.GetFiles(workshop.File("out")));
    }
}
