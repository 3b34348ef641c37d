using System.Text.Json;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

[Trait("Speed", "Slow")]
public class DemoTests
{
    [Fact]
    public async Task The_demo_fits_scores_reports_and_draws()
    {
        using var folder = new TemporaryFolder();
        CliRun run = await CliRun.Of("demo", "--out", folder.Path);

        Assert.Equal((ExitCode.Done, string.Empty), (run.ExitCode, run.Error));
        Assert.Contains("overview.png", run.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(folder.File("overview.png")).Length > 100_000);

        // Every defect is accounted for.
        string[] lines = run.Output.Split('\n');
        int Count(string answer) => lines.Count(line => line.StartsWith($"  {answer} ", StringComparison.Ordinal));
        Assert.Equal(24, Count("found") + Count("check") + Count("missed"));
        Assert.Contains(
            $"24 defects: {Count("found")} found, {Count("check")} to check, {Count("missed")} missed; "
                + "16 good images: ",
            run.Output,
            StringComparison.Ordinal);
        Assert.All(
            lines.Where(line => line.StartsWith("  missed ", StringComparison.Ordinal)),
            line => Assert.Contains("good images", line, StringComparison.Ordinal));
        string index = await File.ReadAllTextAsync(folder.File("report.html"));
        foreach (string die in (string[])["logic-die", "radio-die"])
        {
            Assert.Contains($"href=\"{die}/report.html\"", index, StringComparison.Ordinal);
            string report = await File.ReadAllTextAsync(folder.File($"{die}/report.html"));
            Assert.Contains("<h2>Every defect</h2>", report, StringComparison.Ordinal);
            string[] rows = await File.ReadAllLinesAsync(folder.File($"{die}/results.csv"));
            string[] abnormal = [.. rows.Where(row => row.Contains(",abnormal,", StringComparison.Ordinal))];
            Assert.True(abnormal.Length >= 9, string.Join('\n', rows));
            Assert.True(
                abnormal.Count(row => row.Contains("/good/", StringComparison.Ordinal)) <= 1,
                string.Join('\n', abnormal));
            Assert.Equal(
                rows.Length - 1,
                Directory.GetFiles(folder.File($"{die}/heatmaps"), "*.png", SearchOption.AllDirectories).Length);
        }
    }

    [Fact]
    public async Task The_default_backbone_is_listed_with_its_license()
    {
        CliRun run = await CliRun.Of("backbones", "--json");
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement first = json.RootElement.GetProperty("backbones")[0];
        Assert.True(first.GetProperty("default").GetBoolean());
        Assert.Equal("MIT", first.GetProperty("license").GetString());
    }
}
