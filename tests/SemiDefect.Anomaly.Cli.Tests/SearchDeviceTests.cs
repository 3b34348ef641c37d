using System.Text.Json;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

public sealed class SearchDeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_fit_and_its_scores_are_the_same_bytes_on_an_accelerator()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 4);
        foreach (string device in new[] { "cpu", "emulated", "auto" })
        {
            CliRun fit = await CliRun.Of(
                "fit",
                _folder.File("good"),
                "--out",
                _folder.File($"{device}.sdad"),
                "--resize",
                "64",
                "--coreset",
                "20",
                "--folds",
                "2",
                "--search-device",
                device);
            Assert.Equal((ExitCode.Done, string.Empty), (fit.ExitCode, fit.Error));
            CliRun score = await CliRun.Of(
                "score",
                _folder.File($"{device}.sdad"),
                _folder.File("good"),
                "--out",
                _folder.File($"{device}.csv"),
                "--search-device",
                device);
            Assert.Equal((ExitCode.Done, string.Empty), (score.ExitCode, score.Error));
            Assert.Equal(
                await File.ReadAllBytesAsync(_folder.File("cpu.sdad")),
                await File.ReadAllBytesAsync(_folder.File($"{device}.sdad")));
            Assert.Equal(
                await File.ReadAllBytesAsync(_folder.File("cpu.csv")),
                await File.ReadAllBytesAsync(_folder.File($"{device}.csv")));
        }
    }

    [Fact]
    public async Task A_missing_device_gives_one_line_on_standard_error()
    {
        SyntheticParts.WriteGood(_folder.File("good"), 2);
        CliRun run = await CliRun.Of(
            "fit", _folder.File("good"), "--out", _folder.File("model.sdad"), "--search-device", "cuda:99");
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.StartsWith("semidefect: There is no device 'cuda:99' here: ", run.ErrorLine, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("model.sdad")));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Doctor_lists_and_tests_the_devices()
    {
        CliRun run = await CliRun.Of("doctor", "--json");
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement root = json.RootElement;
        Assert.Equal(Environment.ProcessorCount, root.GetProperty("cores").GetInt32());
        Assert.True(root.GetProperty("memory_bytes").GetInt64() > 0);
        Assert.Contains(
            "CPUExecutionProvider",
            root.GetProperty("execution_providers").EnumerateArray().Select(provider => provider.GetString()));
        JsonElement[] checks = [.. root.GetProperty("checks").EnumerateArray()];
        Assert.Equal(["search", "network"], checks.Select(check => check.GetProperty("name").GetString()));
        Assert.All(
            checks,
            check => Assert.True(check.GetProperty("passed").GetBoolean(), check.GetProperty("detail").GetString()));
        JsonElement[] accelerators = [.. root.GetProperty("accelerators").EnumerateArray()];
        JsonElement emulated =
            Assert.Single(accelerators, accelerator => accelerator.GetProperty("id").GetString() == "emulated");
        Assert.True(emulated.GetProperty("passed").GetBoolean(), emulated.GetProperty("detail").GetString());
        bool healthy = accelerators.All(accelerator => accelerator.GetProperty("passed").GetBoolean());
        Assert.Equal(healthy, root.GetProperty("healthy").GetBoolean());
        Assert.Equal(healthy ? ExitCode.Done : ExitCode.Failed, run.ExitCode);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Doctor_shows_which_devices_auto_selects()
    {
        CliRun run = await CliRun.Of("doctor");
        Assert.Contains("--device auto         is ", run.Output, StringComparison.Ordinal);
        Assert.Contains("--search-device auto  is ", run.Output, StringComparison.Ordinal);
        Assert.Contains("ok      emulated", run.Output, StringComparison.Ordinal);
    }
}
