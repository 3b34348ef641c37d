using System.Diagnostics;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using Xunit.Abstractions;

namespace SemiDefect.Anomaly.Server.Tests;

[Trait("Speed", "Slow")]
public sealed class BrowserTests(ITestOutputHelper log)
{
    private const string Key = "correct-horse-battery";

    [BrowserFact]
    public async Task The_page_does_what_operators_need_by_mouse_keyboard_phone_and_in_Korean()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { ApiKey = Key });
        string images = server.File("images");
        SyntheticParts.WriteGood(Path.Combine(images, "good"), 16, width: 192, height: 128);
        for (int i = 0; i < 4; i++)
        {
            SyntheticParts.WriteBad(Path.Combine(images, "bad", $"bad-{i}.png"), width: 192, height: 128 - i);
        }

        await RunAsync(server.File, "page.mjs", server.Client.BaseAddress!.ToString(), images, null, Key);
    }

    [BrowserFact]
    public Task Mis_clicks_outages_and_kills_leave_the_line_seeing() => RunOnLineAsync("safe.mjs");

    [BrowserFact]
    public Task The_line_view_follows_holds_and_says_when_there_is_no_signal() => RunOnLineAsync("line.mjs");

    [BrowserFact]
    public async Task Learning_is_a_path_that_says_what_it_leaves_out()
    {
        using TemporaryFolder folder = await PrepareAsync();
        SyntheticParts.WriteGood(folder.File("images/good"), 22, width: 96, height: 64);
        for (int i = 0; i < 4; i++)
        {
            SyntheticParts.WriteBad(folder.File($"images/bad/bad-{i}.png"), width: 96, height: 64);
        }

        await RunServingAsync(folder, "learn.mjs");
    }

    private async Task RunOnLineAsync(string script)
    {
        using TemporaryFolder folder = await PrepareAsync();
        await File.WriteAllBytesAsync(folder.File("models/tiny.sdad"), Parts.DetectorFile);
        Parts.WriteGood(folder.File("images/good"), 12);
        Directory.CreateDirectory(folder.File("images/bad"));
        for (int i = 0; i < 7; i++)
        {
            await File.WriteAllBytesAsync(folder.File($"images/bad/bad-{i}.png"), Parts.Bad(i));
        }

        await RunServingAsync(folder, script);
    }

    /// <summary>A folder with keys and without a model.</summary>
    private static async Task<TemporaryFolder> PrepareAsync()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("models"));
        await File.WriteAllTextAsync(
            folder.File("keys"),
            "view wall wall-0123456789-view\noperate line-3 line-0123456789-operate\n"
                + "engineer anna anna-0123456789-engineer\n");
        return folder;
    }

    private async Task RunServingAsync(TemporaryFolder folder, string script)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "semidefect.dll");
        await RunAsync(folder.File, script, program, Path.GetDirectoryName(folder.File("keys"))!, null);
    }

    /// <summary>Runs a script; null among its arguments stands for the folder of screenshots.</summary>
    private async Task RunAsync(Func<string, string> file, string script, params string?[] arguments)
    {
        // SCREENSHOTS=folder keeps what the page looked like.
        string screenshots = Environment.GetEnvironmentVariable("SCREENSHOTS") ?? file("screenshots");
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(BrowserFactAttribute.Folder, script) },
        };
        foreach (string? argument in arguments)
        {
            start.ArgumentList.Add(argument ?? screenshots);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        log.WriteLine(await output);
        Assert.True(process.ExitCode == 0, $"{await error}\n{await output}");
    }
}
