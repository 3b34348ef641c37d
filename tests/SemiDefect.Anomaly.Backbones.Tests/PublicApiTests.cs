using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_public_api_matches_the_baseline() =>
        Baseline.Check(
            "tests/SemiDefect.Anomaly.Backbones.Tests/Baselines/PublicApi.txt",
            PublicApi.Of(typeof(BackboneImporter).Assembly));
}
