using BenchmarkDotNet.Attributes;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Benchmarks;

/// <summary>Greedy selection of a tenth of the patches of 20 images.</summary>
public class CoresetBenchmarks : IDisposable
{
    private FeatureMatrix? _features;

    [GlobalSetup]
    public void Setup() => _features = SyntheticFeatures.LikePatches(20 * 784, 1024, 3);

    [Benchmark]
    public CoresetSelection Exact() => Coreset.Select(_features!, new CoresetOptions(fraction: 0.1));

    [Benchmark]
    public CoresetSelection Approximate128() =>
        Coreset.Select(
            _features!, new CoresetOptions(fraction: 0.1, method: CoresetMethod.Approximate, projectionDimension: 128));

    [GlobalCleanup]
    public void Dispose()
    {
        _features?.Dispose();
        GC.SuppressFinalize(this);
    }
}
