using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Weights;

namespace SemiDefect.Anomaly.Tests.Documentation;

public class PublicApiTests
{
    [Fact]
    public void The_public_API_is_the_one_on_record() =>
        Baseline.Check(
            "tests/SemiDefect.Anomaly.Tests/Baselines/PublicApi.txt", PublicApi.Of(typeof(AnomalyDetector).Assembly));

    [Fact]
    public void The_public_API_of_what_all_share_is_the_one_on_record() =>
        Baseline.Check(
            "tests/SemiDefect.Anomaly.Tests/Baselines/PublicApi.Primitives.txt",
            PublicApi.Of(typeof(SemiDefectException).Assembly));

    [Fact]
    public void The_public_API_of_the_weights_is_the_one_on_record() =>
        Baseline.Check(
            "tests/SemiDefect.Anomaly.Tests/Baselines/PublicApi.Weights.txt",
            PublicApi.Of(typeof(EmbeddedNetworks).Assembly));
}
