using System.Diagnostics;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

[Trait("Speed", "Slow")]
public sealed class BrowserTests
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

        // SCREENSHOTS=folder keeps what the page looked like.
        string screenshots = Environment.GetEnvironmentVariable("SCREENSHOTS") ?? server.File("screenshots");
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(BrowserFactAttribute.Folder, "page.mjs"),
                server.Client.BaseAddress!.ToString(),
                images,
                screenshots,
                Key,
            },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await output}\n{await error}");
    }
}
