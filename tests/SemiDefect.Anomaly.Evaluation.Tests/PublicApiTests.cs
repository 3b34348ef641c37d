using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests;

public class PublicApiTests
{
    /// <summary>A change of what others build on is seen in the review.</summary>
    [Fact]
    public void The_public_api_is_as_on_record() =>
        Baseline.Check(
            "tests/SemiDefect.Anomaly.Evaluation.Tests/Baselines/PublicApi.txt",
            PublicApi.Of(typeof(DatasetEvaluator).Assembly));
}
