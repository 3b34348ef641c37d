using BenchmarkDotNet.Attributes;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Benchmarks;

/// <summary>Exact search of one image's 784 patches in banks of 1,024 columns.</summary>
public class NearestNeighborsBenchmarks : IDisposable
{
    private const int Columns = 1024;
    private const int Queries = 784;

    private FeatureMatrix? _bank;
    private FeatureMatrix? _queries;
    private PrefixNearestNeighbors? _search;
    private double[] _distances = [];
    private int[] _indices = [];

    [Params("patches 7840", "patches 64000", "isotropic 16000")]
    public string Bank { get; set; } = "";

    [Params(1, 5)]
    public int K { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        string[] parts = Bank.Split(' ');
        int rows = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        Func<int, int, ulong, FeatureMatrix> make = parts[0] == "patches"
            ? SyntheticFeatures.LikePatches
            : SyntheticFeatures.Isotropic;
        _bank = make(rows, Columns, 1);
        _queries = make(Queries, Columns, 2);
        _search = new PrefixNearestNeighbors(_bank);
        _distances = new double[Queries * K];
        _indices = new int[Queries * K];
    }

    [Benchmark]
    public void Search() => _search!.Search(_queries!.RowBlock(0, Queries), K, _distances, _indices);

    [Benchmark]
    public void Index()
    {
        using var search = new PrefixNearestNeighbors(_bank!);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _search?.Dispose();
        _bank?.Dispose();
        _queries?.Dispose();
        GC.SuppressFinalize(this);
    }
}
