using System.Diagnostics;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

[Trait("Speed", "Slow")]
public sealed class TwoWritersTests(FaultWorkshop workshop) : IClassFixture<FaultWorkshop>
{
    private const int Races = 8;

    [Fact]
    public void Two_concurrent_fits_to_one_file_leave_one_complete_model()
    {
        string folder = workshop.Fresh("out");
        byte[][] models = [File.ReadAllBytes(workshop.File("old.sdad")), File.ReadAllBytes(workshop.File("new.sdad"))];
        for (int i = 0; i < Races; i++)
        {
            using Process first = CliProcess.Start(
                workshop.Path,
                ["fit", "good", "--out", "out/model.sdad", .. FaultWorkshop.FitOptions, "--coreset", "10"]);
            using Process second = CliProcess.Start(
                workshop.Path,
                ["fit", "good", "--out", "out/model.sdad", .. FaultWorkshop.FitOptions, "--coreset", "12"]);
            Assert.Equal(0, CliProcess.Finish(first).ExitCode);
            Assert.Equal(0, CliProcess.Finish(second).ExitCode);
            KeyValuePair<string, byte[]> left = Assert.Single(FaultWorkshop.Contents(folder));
            Assert.Equal("model.sdad", left.Key);
            Assert.Contains(models, model => model.AsSpan().SequenceEqual(left.Value));
        }
    }

    [Fact]
    public void A_model_can_be_read_while_it_is_replaced()
    {
        workshop.Fresh("out");
        File.Copy(workshop.File("old.sdad"), workshop.File("out/model.sdad"));
        for (int i = 0; i < Races; i++)
        {
            using Process writer = CliProcess.Start(
                workshop.Path,
                [
                    "fit",
                    "good",
                    "--out",
                    "out/model.sdad",
                    .. FaultWorkshop.FitOptions,
                    "--coreset",
                    i % 2 == 0 ? "12" : "10"
                ]);
            using Process reader = CliProcess.Start(workshop.Path, ["score", "out/model.sdad", "new"]);
            Assert.Equal(0, CliProcess.Finish(reader).ExitCode);
            Assert.Equal(0, CliProcess.Finish(writer).ExitCode);
        }
    }
}
