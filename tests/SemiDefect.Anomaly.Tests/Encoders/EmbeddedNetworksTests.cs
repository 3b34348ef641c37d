using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Weights;

namespace SemiDefect.Anomaly.Tests.Encoders;

public sealed class EmbeddedNetworksTests
{
    [Fact]
    public void The_engine_lists_the_networks_of_the_weights()
    {
        Assert.Equal(EmbeddedNetworks.Names, BackboneFile.Embedded);
        Assert.All(BackboneFile.Embedded, name => Assert.Equal(name, BackboneFile.Open(name).Manifest!.Name));
    }

    [Fact]
    public void A_file_that_is_not_there_is_null() => Assert.Null(EmbeddedNetworks.Open("none.onnx"));
}
