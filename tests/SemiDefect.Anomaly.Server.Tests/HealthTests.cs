using SemiDefect.Anomaly.Cli;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task The_command_tells_whether_a_server_is_ready()
    {
        string address;
        await using (TestServer server = await TestServer.StartAsync())
        {
            address = server.Client.BaseAddress!.ToString();
            Assert.Equal((0, "ready\n", ""), await RunAsync(address));
        }

        (int code, string output, string error) = await RunAsync(address);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"semidefect: The server at {address} is not ready: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line3")]
    [InlineData("file:///etc/hosts")]
    public async Task What_is_no_address_is_invalid_usage(string address)
    {
        (int code, _, string error) = await RunAsync(address);
        Assert.Equal(2, code);
        Assert.Contains("http://127.0.0.1:8080", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string address)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(["health", address], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
