using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class PublicApiTests
{
    /// <summary>Makes every change of the public API visible in the review.</summary>
    [Fact]
    public void The_public_api_matches_the_baseline() =>
        Baseline.Check(
            "tests/SemiDefect.Anomaly.Imaging.Tests/Baselines/PublicApi.txt", PublicApi.Of(typeof(Image).Assembly));
}
