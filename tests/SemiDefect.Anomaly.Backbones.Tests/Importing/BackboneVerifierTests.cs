using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Importing;

public sealed class BackboneVerifierTests
{
    [Fact]
    public void An_intact_backbone_passes_every_check()
    {
        BackboneVerification found = BackboneVerifier.Verify(BackboneFile.DefaultName);
        Assert.True(found.Passed, string.Join('\n', found.Checks));
        Assert.Equal(["manifest", "hash", "taps", "forward pass", "timing"], found.Checks.Select(check => check.Name));
        Assert.Equal([new BackboneTap("fine", 64, 8), new BackboneTap("coarse", 128, 16)], found.Taps);
        Assert.True(found.MillisecondsPerImage > 0);
    }

    [Fact]
    public void A_changed_byte_is_found()
    {
        using var folder = new TemporaryFolder();
        (string path, _) = Copy(folder);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1000] ^= 1;
        File.WriteAllBytes(path, bytes);
        BackboneVerification found = BackboneVerifier.Verify(path);
        Assert.False(found.Passed);
        Assert.Contains("SHA-256", found.Checks[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_with_wrong_channels_is_found()
    {
        using var folder = new TemporaryFolder();
        (string path, BackboneManifest manifest) = Copy(folder);
        File.WriteAllBytes(
            Path.ChangeExtension(path, ".json"),
            (manifest with { Taps = [manifest.Taps[0] with { Channels = 52 }, manifest.Taps[1]] }).ToJson());
        BackboneCheck failed = Assert.Single(BackboneVerifier.Verify(path).Checks, check => !check.Passed);
        Assert.Equal("taps", failed.Name);
        Assert.Contains("52 channels", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_a_network_fails_with_a_clear_message()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("text.onnx");
        File.WriteAllText(path, "no network");
        Assert.False(BackboneVerifier.Verify(path).Passed);
        Assert.False(BackboneVerifier.Verify(folder.File("missing.onnx")).Passed);
    }

    private static (string Path, BackboneManifest Manifest) Copy(TemporaryFolder folder)
    {
        BackboneFile network = BackboneFile.Open(BackboneFile.DefaultName);
        string path = folder.File("copy.onnx");
        File.WriteAllBytes(path, network.Content.ToArray());
        File.WriteAllBytes(Path.ChangeExtension(path, ".json"), network.Manifest!.ToJson());
        return (path, network.Manifest);
    }
}
