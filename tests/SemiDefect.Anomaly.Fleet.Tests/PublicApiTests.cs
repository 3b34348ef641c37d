using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Fleet.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_matches_the_baseline() =>
        Baseline.Check(
            "tests/SemiDefect.Anomaly.Fleet.Tests/Baselines/PublicApi.txt",
            PublicApi.Of(typeof(FleetWorker).Assembly));
}
