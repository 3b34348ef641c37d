using System.Text.Json;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

public sealed class BackboneCommandTests
{
    private static string Network => Path.Combine(Repository.Root, "backbones/compact.onnx");

    [Fact]
    public async Task A_network_is_cut_and_verified()
    {
        using var folder = new TemporaryFolder();
        string cut = folder.File("cut.onnx");
        (int code, string output, string error) =
            await RunAsync("backbone", "import", Network, "--taps", "relu4", "--out", cut);
        Assert.Equal((0, string.Empty), (code, error));
        Assert.Contains("relu4 (48 channels, stride 4)", output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("backbone", "verify", cut);
        Assert.Equal(0, code);
        Assert.Equal(
            ["ok", "ok", "ok", "ok", "ok"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));

        byte[] bytes = File.ReadAllBytes(cut);
        bytes[^1] ^= 1;
        File.WriteAllBytes(cut, bytes);
        (code, output, _) = await RunAsync("backbone", "verify", cut, "--json");
        Assert.Equal(1, code);
        using var json = JsonDocument.Parse(output);
        Assert.False(json.RootElement.GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task The_json_of_an_import_is_the_manifest()
    {
        using var folder = new TemporaryFolder();
        string cut = folder.File("cut.onnx");
        (int code, string output, _) =
            await RunAsync("backbone", "import", Network, "--taps", "relu4", "--out", cut, "--json");
        Assert.Equal(0, code);
        Assert.Equal(File.ReadAllText(folder.File("cut.json")), output);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_quantized_network_is_made_checked_and_used()
    {
        using var folder = new TemporaryFolder();
        string good = SyntheticParts.WriteGood(folder.File("good"), 8);
        string quantized = folder.File("fast.onnx");
        (int code, string output, string error) = await RunAsync(
            "backbone",
            "quantize",
            BackboneFile.DefaultName,
            good,
            "--out",
            quantized,
            "--resize",
            "64",
            "--images",
            "4");
        Assert.Equal((0, string.Empty), (code, error));
        Assert.Contains("on 4 images", output, StringComparison.Ordinal);
        (code, _, _) = await RunAsync("backbone", "verify", quantized);
        Assert.Equal(0, code);
        (code, _, error) = await RunAsync(
            "fit", good, "--out", folder.File("model.sdad"), "--backbone", quantized, "--resize", "64", "--folds", "2");
        Assert.True(code == 0, error);
        (code, _, error) = await RunAsync("score", folder.File("model.sdad"), good);
        Assert.True(code == 0, error);
    }

    [Theory]
    [InlineData(2, "--architecture", "backbone", "import", "weights.pth", "--out", "x.onnx")]
    [InlineData(2, "--taps", "backbone", "import", "network.onnx", "--out", "x.onnx")]
    [InlineData(
        2, "--taps alone", "backbone", "import", "network.onnx", "--architecture", "resnet18", "--out", "x.onnx")]
    [InlineData(2, ".onnx", "backbone", "import", "weights.pth", "--architecture", "resnet18", "--out", "x.bin")]
    [InlineData(2, "--out", "backbone", "import", "weights.pth")]
    [InlineData(2, ".onnx", "backbone", "quantize", "network.onnx", "good", "--out", "x.bin")]
    [InlineData(2, "--images", "backbone", "quantize", "network.onnx", "good", "--out", "x.onnx", "--images", "0")]
    [InlineData(2, "Resize size", "backbone", "quantize", "network.onnx", "good", "--out", "x.onnx", "--resize", "-1")]
    [InlineData(1, "network.onnx", "backbone", "quantize", "network.onnx", "good", "--out", "x.onnx")]
    [InlineData(1, "resnet9", "backbone", "import", "weights.pth", "--architecture", "resnet9", "--out", "x.onnx")]
    [InlineData(1, "missing.pth", "backbone", "import", "missing.pth", "--architecture", "resnet18", "--out", "x.onnx")]
    [InlineData(1, "resnet18", "backbone", "pull", "resnet9")]
    [InlineData(1, "https only", "backbone", "pull", "resnet18", "--from", "http://localhost/resnet18.pth")]
    [InlineData(1, "missing.pth", "backbone", "pull", "resnet18", "--from", "missing.pth")]
    [InlineData(2, "SHA-256", "backbone", "pull", "resnet18", "--sha256", "xyz")]
    public async Task Invalid_requests_give_one_line_with_the_reason(
        int expectedCode,
        string expected,
        params string[] args)
    {
        (int code, string output, string error) = await RunAsync(args);
        Assert.Equal(expectedCode, code);
        Assert.Empty(output);
        Assert.StartsWith("semidefect: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
