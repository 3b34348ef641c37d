using System.Diagnostics;
using SemiDefect.Anomaly.Search.Numerics;
using Xunit.Abstractions;

namespace SemiDefect.Anomaly.Cli.Tests.Faults;

/// <summary>
/// Kills commands at random moments, as a power failure would, and checks that all files are complete afterwards.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class KillTests(FaultWorkshop workshop, ITestOutputHelper output) : IClassFixture<FaultWorkshop>
{
    private const int Kills = 20;
    private const string Temporary = ".tmp";

    /// <summary>
    /// Commands to kill: name, arguments (they write to out/), and arguments that create the previous contents of out/.
    /// </summary>
    public static TheoryData<string, string[], string[]> Commands { get; } = new()
    {
        { "fit", Fit("12"), Fit("10") },
        { "score", Score("new.sdad"), Score("old.sdad") },
        { "update", ["update", "out/model.sdad", "more"], Fit("12") },
        { "threshold", ["threshold", "out/model.sdad", "--value", "3"], Fit("12") },
        {
            "threshold of format 1",
            ["threshold", "format-1.sdad", "--value", "3", "--out", "out/model.sdad"],
            ["threshold", "format-1.sdad", "--value", "4", "--out", "out/model.sdad"]
        },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void Killed_at_random_moments_a_command_leaves_whole_files_and_the_next_run_works(
        string name,
        string[] command,
        string[] earlier)
    {
        string folder = workshop.Fresh("out");
        CliProcess.Do(workshop.Path, earlier);
        SortedDictionary<string, byte[]> before = FaultWorkshop.Contents(folder);
        bool needsBefore = name is "threshold" or "update";
        CliProcess.Do(workshop.Path, command);
        SortedDictionary<string, byte[]> after = FaultWorkshop.Contents(folder);

        var generator = new SeededGenerator(20_261_122);
        int killed = 0;
        int leftovers = 0;
        int replaced = 0;
        TimeSpan whole = TimeSpan.FromSeconds(5);
        for (int i = -1; killed < Kills; i++)
        {
            Assert.True(i < 10 * Kills, $"Only {killed} of {i} runs could be killed.");

            // Temporary files of earlier kills remain, for the next run to clean up.
            foreach (string path in FinalFiles(folder))
            {
                File.Delete(path);
            }

            bool hasBefore = needsBefore || i % 2 == 0;
            var watch = Stopwatch.StartNew();
            if (hasBefore)
            {
                FaultWorkshop.Restore(folder, before);
            }

            // Kill most of the runs late, while files are written. The first run is not killed, only timed.
            double moment = i % 5 == 0 ? generator.NextDouble(0, 1) : generator.NextDouble(0.6, 1.05);
            using (Process process = CliProcess.Start(workshop.Path, command))
            {
                if (process.WaitForExit(i < 0 ? Timeout.InfiniteTimeSpan : whole * moment))
                {
                    whole = watch.Elapsed < whole ? watch.Elapsed : whole;
                }
                else
                {
                    process.Kill();
                    process.WaitForExit();
                    killed++;
                }
            }

            leftovers += Directory.EnumerateFiles(folder, "*" + Temporary, SearchOption.AllDirectories).Count();
            foreach (string path in FinalFiles(folder))
            {
                string file = Path.GetRelativePath(folder, path);
                byte[] bytes = File.ReadAllBytes(path);
                bool isNew = bytes.AsSpan().SequenceEqual(after[file]);
                replaced += isNew ? 1 : 0;
                Assert.True(
                    isNew || (hasBefore && bytes.AsSpan().SequenceEqual(before[file])),
                    $"Kill {i} left half of '{file}'.");
            }

            if (hasBefore)
            {
                Assert.All(
                    before.Keys,
                    file => Assert.True(File.Exists(Path.Combine(folder, file)), $"Kill {i} lost '{file}'."));
            }
        }

        if (needsBefore)
        {
            FaultWorkshop.Restore(folder, before);
        }

        CliProcess.Do(workshop.Path, command);
        Assert.Equal(after, FaultWorkshop.Contents(folder));
        output.WriteLine(
            $"{name}: killed {killed} times in {whole.TotalMilliseconds:F0} ms of work; {replaced} files replaced, "
                + $"{leftovers} temporary files left and cleaned up by later runs, 0 files lost or halved");
    }

    private static string[] Fit(string coreset) =>
        ["fit", "good", "--out", "out/model.sdad", .. FaultWorkshop.FitOptions, "--coreset", coreset];

    private static string[] Score(string detector) =>
        ["score", detector, "new", "--out", "out/results.csv", "--heatmaps", "out/heatmaps", "--raw", "out/raw"];

    private static string[] FinalFiles(string folder) =>
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(path => !path.EndsWith(Temporary, StringComparison.Ordinal))
        ];
}
