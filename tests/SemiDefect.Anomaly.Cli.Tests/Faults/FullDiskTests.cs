namespace SemiDefect.Anomaly.Cli.Tests.Faults;

[Trait("Speed", "Slow")]
public sealed class FullDiskTests(FaultWorkshop workshop) : IClassFixture<FaultWorkshop>
{
    [FullDiskFact]
    public void A_fit_onto_a_full_disk_leaves_the_old_model_and_nothing_else()
    {
        long length = new FileInfo(workshop.File("new.sdad")).Length;
        using var disk = new SmallDisk($"{length / 1024 + 16}k");
        File.Copy(workshop.File("old.sdad"), disk.File("model.sdad"));
        CliRun run = CliProcess.Run(
            workshop.Path,
            ["fit", "good", "--out", disk.File("model.sdad"), .. FaultWorkshop.FitOptions, "--coreset", "12"]);
        AssertRefused(run, "Cannot write");
        Assert.Equal(File.ReadAllBytes(workshop.File("old.sdad")), File.ReadAllBytes(disk.File("model.sdad")));
        Assert.Equal([disk.File("model.sdad")], Directory.GetFiles(disk.Path));
    }

    [FullDiskFact]
    public void A_changed_threshold_on_a_full_disk_leaves_the_old_model_and_nothing_else() =>
        ChangeThresholdOf("old.sdad");

    [FullDiskFact]
    public void A_changed_threshold_on_a_full_disk_leaves_a_model_of_format_1_and_nothing_else() =>
        ChangeThresholdOf("format-1.sdad");

    [FullDiskFact]
    public void A_scoring_onto_a_full_disk_leaves_whole_files_only()
    {
        string[] command = ["score", "new.sdad", "new", "--raw", "raw", "--out", "results.csv"];
        CliProcess.Do(workshop.Path, command);
        SortedDictionary<string, byte[]> whole = FaultWorkshop.Contents(workshop.File("raw"));
        using var disk = new SmallDisk($"{whole.Values.Sum(bytes => bytes.Length) * 2 / 3 / 1024}k");
        AssertRefused(
            CliProcess.Run(
                workshop.Path,
                "score",
                "new.sdad",
                "new",
                "--raw",
                disk.File("raw"),
                "--out",
                disk.File("results.csv")),
            "Cannot write");
        SortedDictionary<string, byte[]> written = FaultWorkshop.Contents(disk.Path);
        Assert.NotEmpty(written);
        Assert.All(written, file => Assert.Equal(whole[Path.GetFileName(file.Key)], file.Value));
    }

    [FullDiskFact]
    public void Features_that_do_not_fit_into_memory_nor_onto_the_disk_end_in_one_line()
    {
        using var disk = new SmallDisk("64k");
        CliRun run = CliProcess.Finish(CliProcess.Start(
            workshop.Path,
            ["fit", "good", "--out", "spilled.sdad", "--resize", "1024", "--coreset", "12", "--max-memory", "64MiB"],
            null,
            ("TMPDIR", disk.Path)));
        AssertRefused(run, "disk space");
        Assert.False(File.Exists(workshop.File("spilled.sdad")));
        Assert.Empty(Directory.GetFiles(disk.Path));
    }

    private void ChangeThresholdOf(string old)
    {
        long length = new FileInfo(workshop.File(old)).Length;
        using var disk = new SmallDisk($"{length / 1024 + 16}k");
        File.Copy(workshop.File(old), disk.File("model.sdad"));
        CliRun run = CliProcess.Run(workshop.Path, "threshold", disk.File("model.sdad"), "--value", "3");
        AssertRefused(run, "Cannot write");
        Assert.Equal(File.ReadAllBytes(workshop.File(old)), File.ReadAllBytes(disk.File("model.sdad")));
        Assert.Equal([disk.File("model.sdad")], Directory.GetFiles(disk.Path));
    }

    private static void AssertRefused(CliRun run, string expected)
    {
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains(expected, run.ErrorLine, StringComparison.Ordinal);
    }
}
