using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>One call of a search, in memory that stays pinned during the call.</summary>
/// <param name="Queries">The address of the queries.</param>
/// <param name="Count">The number of queries.</param>
/// <param name="K">Number of neighbors per query.</param>
/// <param name="DistanceStart">The address of the distances.</param>
/// <param name="IndexStart">The address of the rows.</param>
/// <param name="Filter">Which rows may answer.</param>
/// <param name="Slots">The list length of the device.</param>
internal sealed unsafe record DeviceSearchCall(
    nint Queries,
    int Count,
    int K,
    nint DistanceStart,
    nint IndexStart,
    BankFilter Filter,
    int Slots)
{
    /// <summary>The vector of a query.</summary>
    public float* Query(int query, int dimension) => (float*)Queries + (long)query * dimension;

    /// <summary>The distances of a query.</summary>
    public double* Distances(int query) => (double*)DistanceStart + (long)query * K;

    /// <summary>The rows of a query.</summary>
    public int* Indices(int query) => (int*)IndexStart + (long)query * K;
}
