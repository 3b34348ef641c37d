using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Pulling;

public sealed class UserBackbonesTests
{
    [Fact]
    public void A_network_in_the_users_folder_is_found_by_name()
    {
        using var home = new TemporaryFolder();
        string? before = Environment.GetEnvironmentVariable("SEMIDEFECT_HOME");
        try
        {
            Environment.SetEnvironmentVariable("SEMIDEFECT_HOME", home.Path);
            Assert.Empty(BackboneFile.Installed);
            Assert.Contains(
                BackboneFile.DefaultName,
                Assert.Throws<BackboneException>(() => BackboneFile.Open("mine")).Message,
                StringComparison.Ordinal);

            string folder = home.File("backbones");
            BackboneFile network = BackboneFile.Open(BackboneFile.DefaultName);
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, "mine.onnx"), network.Content.ToArray());
            File.WriteAllBytes(Path.Combine(folder, "mine.json"), network.Manifest!.ToJson());
            File.WriteAllText(Path.Combine(folder, "without-manifest.onnx"), "nothing");

            Assert.Equal(["mine"], BackboneFile.Installed);
            Assert.Equal(Path.Combine(folder, "mine.onnx"), BackboneFile.FindInstalled("mine"));
            Assert.Null(BackboneFile.FindInstalled("../backbones/mine"));
            Assert.Equal(network.Content.ToArray(), BackboneFile.Open("mine").Content.ToArray());
        }
        finally
        {
            Environment.SetEnvironmentVariable("SEMIDEFECT_HOME", before);
        }
    }
}
