using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>The programs of samples/, run as their readers run them, on some images of datasets.sample.</summary>
[Trait("Speed", "Slow")]
public sealed class SampleTests : IDisposable
{
    private const int GoodImages = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();

    public SampleTests()
    {
        Directory.CreateDirectory(Good);
        foreach (string path in
            Directory.GetFiles(Dataset("train/good")).Order(StringComparer.Ordinal).Take(GoodImages))
        {
            File.Copy(path, Path.Combine(Good, Path.GetFileName(path)));
        }
    }

    private string Good => _folder.File("good");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ConsoleInspection_finds_a_defect()
    {
        string detector = _folder.File("die.sdad");
        (int exitCode, string output, _) = Run("ConsoleInspection", Good, Dataset("test/scratch/000.png"), detector);
        Assert.Equal(0, exitCode);
        Assert.Matches(@"^abnormal: \d+\.\d\d \(threshold \d+\.\d\d\)\n(  \d+ pixels around \(\d+, \d+\)\n)+$", output);
        Assert.True(File.Exists(detector));
    }

    [Fact]
    public void ConsoleInspection_says_what_is_wrong_in_one_line()
    {
        (int exitCode, string output, string error) =
            Run("ConsoleInspection", _folder.File("none"), "none.png", _folder.File("die.sdad"));
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"There is no folder '{_folder.File("none")}'", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void CustomSource_learns_from_the_last_frames()
    {
        (int exitCode, string output, _) = Run("CustomSource", Good);
        Assert.Equal(0, exitCode);
        string frames = string.Join(", ", Enumerable.Range(GoodImages - 8, 8).Select(i => $"frame-{i:D6}"));
        Assert.Matches($@"^learned from {frames}\nnext frame: \d+\.\d\d \(threshold \d+\.\d\d\)\n$", output);
    }

    [Fact]
    public void CustomEncoder_tells_another_part_after_it_was_loaded_again()
    {
        string detector = _folder.File("cells.sdad");
        string other = SyntheticParts.WriteBad(_folder.File("other.png"));
        (int exitCode, string output, _) = Run("CustomEncoder", Good, other, detector);
        Assert.Equal(0, exitCode);
        Assert.Matches(@"^abnormal: \d+\.\d{3} \(threshold \d+\.\d{3}\)\n$", output);
        Assert.Equal("cell-statistics-1", AnomalyDetector.ReadDescription(detector).Lanes[0].Sha256);
    }

    [Fact]
    public async Task MinimalApi_answers_with_a_verdict()
    {
        string detectorFile = _folder.File("die.sdad");
        using (AnomalyDetector detector = AnomalyDetector.Fit(Sources.ImageFolder.Open(Good)))
        {
            detector.Save(detectorFile);
        }

        using Process server = Start("MinimalApi", "--detector", detectorFile, "--urls", "http://127.0.0.1:0");
        try
        {
            using var client = new HttpClient { BaseAddress = await AddressOf(server), Timeout = Patience };
            using var image = new ByteArrayContent(await File.ReadAllBytesAsync(Dataset("test/scratch/000.png")));
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/inspect", UriKind.Relative), image);
            JsonElement verdict = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("abnormal", verdict.GetProperty("decision").GetString());
            Assert.True(verdict.GetProperty("score").GetDouble() > verdict.GetProperty("threshold").GetDouble());
            Assert.NotEqual(0, verdict.GetProperty("regions").GetArrayLength());

            using var text = new StringContent("no image");
            using HttpResponseMessage refusal = await client.PostAsync(new Uri("/inspect", UriKind.Relative), text);
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, refusal.StatusCode);
        }
        finally
        {
            server.Kill();
        }
    }

    [Theory]
    [InlineData("CustomSource/FrameRing.cs")]
    [InlineData("CustomEncoder/CellStatistics.cs")]
    public void What_a_user_adds_takes_fewer_than_40_lines(string file) =>
        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "samples", file)).Length, 10, 39);

    [Fact]
    public void Every_sample_begins_with_how_to_run_it_and_is_listed()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "samples/README.md"));
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "SemiDefect.Anomaly.sln"));
        string[] samples =
            [.. Directory.GetFiles(Path.Combine(Repository.Root, "samples"), "*.csproj", SearchOption.AllDirectories)];
        Assert.Equal(5, samples.Length);
        Assert.All(samples, sample =>
        {
            string name = Path.GetFileNameWithoutExtension(sample);
            string[] lines = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(sample)!, "Program.cs"));
            string comment =
                string.Join('\n', lines.TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal)));
            Assert.Contains($"dotnet run -c Release --project samples/{name} --", comment, StringComparison.Ordinal);
            Assert.Contains($"dotnet run -c Release --project samples/{name} --", readme, StringComparison.Ordinal);
            Assert.Contains($"{name}.csproj", solution, StringComparison.Ordinal);
        });
    }

    private static string Dataset(string relativePath) =>
        Path.Combine(Repository.Root, "datasets.sample/logic-die", relativePath);

    // In its own folder: what this test gets from a shared framework, a console program needs beside it.
    private static string ProgramOf(string sample)
    {
        string own = Path.GetRelativePath(
            Path.Combine(Repository.Root, "tests/SemiDefect.Anomaly.Cli.Tests"), AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "samples", sample, own, $"{sample}.dll");
    }

    private static Process Start(string sample, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        foreach (string argument in
            (string[])["exec", ProgramOf(sample), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static (int ExitCode, string Output, string Error) Run(string sample, params string[] arguments)
    {
        using Process child = Start(sample, arguments);
        Task<string> error = child.StandardError.ReadToEndAsync();
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        if (!child.WaitForExit(Patience))
        {
            child.Kill();
            throw new TimeoutException($"{sample} did not end.");
        }

        return (child.ExitCode, Lines(output.Result), Lines(error.Result));
    }

    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static async Task<Uri> AddressOf(Process server)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await server.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (Regex.Match(line, @"Now listening on: (\S+)") is { Success: true } match)
            {
                _ = server.StandardOutput.ReadToEndAsync(patience.Token);
                return new Uri(match.Groups[1].Value);
            }
        }

        throw new InvalidOperationException(
            $"The server did not start: {await server.StandardError.ReadToEndAsync(patience.Token)}");
    }
}
