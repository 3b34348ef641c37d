using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests;

public class PublicApiTests
{
    /// <summary>Makes every change of the public API visible in the review.</summary>
    [Fact]
    public void The_public_api_matches_the_baseline() =>
        Baseline.Check(
            "tests/SemiDefect.Anomaly.Search.Tests/Baselines/PublicApi.txt",
            PublicApi.Of(typeof(NearestNeighbors).Assembly));
}
