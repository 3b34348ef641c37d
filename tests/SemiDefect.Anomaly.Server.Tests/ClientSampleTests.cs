using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class ClientSampleTests
{
    [Fact]
    public Task The_client_in_CSharp_prints_what_the_server_says() =>
        AssertAnswersAsync("dotnet", Path.Combine(AppContext.BaseDirectory, "ServerClient.dll"));

    [PythonFact]
    public Task The_client_in_Python_prints_what_the_server_says() =>
        AssertAnswersAsync("python3", Path.Combine(Repository.Root, "samples", "ServerPython", "inspect_images.py"));

    private static async Task AssertAnswersAsync(string program, string script)
    {
        const string Key = "correct-horse-battery";
        await using TestServer server = await TestServer.StartAsync(options => options with { ApiKey = Key });
        string address = server.Client.BaseAddress!.ToString();
        string good = server.File("a good one.png");
        await File.WriteAllBytesAsync(good, Parts.Good(70));
        string bad = server.File("bad.png");
        await File.WriteAllBytesAsync(bad, Parts.Bad(71));
        (int code, string output, string error) = await RunAsync(program, Key, script, address, "tiny", good, bad);
        Assert.True(code == 0, error);
        server.Client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        JsonArray history = (await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray();
        Assert.Equal(["bad.png", "a good one.png"], history.Select(one => (string)one!["name"]!));
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(2, lines.Length);
        for (int i = 0; i < 2; i++)
        {
            string[] words = lines[i].Split(' ', 3);
            Assert.Equal((string)history[1 - i]!["decision"]!, words[0]);
            Assert.Equal((double)history[1 - i]!["score"]!, double.Parse(words[1], CultureInfo.InvariantCulture));
        }

        (code, _, error) = await RunAsync(program, Key, script, address, "none", good);
        Assert.Equal(1, code);
        Assert.Contains("There is no model 'none'.", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(
        string program,
        string key,
        params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SEMIDEFECT_KEY"] = key },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private sealed class PythonFactAttribute : FactAttribute
    {
        public PythonFactAttribute()
        {
            string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            if (!folders.Any(folder => File.Exists(Path.Combine(folder, "python3"))))
            {
                Skip = "Needs python3.";
            }
        }
    }
}
