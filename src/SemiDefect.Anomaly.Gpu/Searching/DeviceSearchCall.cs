namespace SemiDefect.Anomaly.Gpu.Searching;

/// <summary>One call of a search, in memory that stays pinned while it runs.</summary>
/// <param name="Queries">Where the queries begin.</param>
/// <param name="Count">How many there are.</param>
/// <param name="K">Neighbors wanted of each.</param>
/// <param name="DistanceStart">Where the distances go.</param>
/// <param name="IndexStart">Where the rows go.</param>
/// <param name="ExcludedGroup">Rows passed over; -1 for none.</param>
/// <param name="Slots">The device's list length.</param>
internal sealed unsafe record DeviceSearchCall(nint Queries, int Count, int K, nint DistanceStart, nint IndexStart, int ExcludedGroup, int Slots)
{
    /// <summary>A query's vector.</summary>
    public float* Query(int query, int dimension) => (float*)Queries + (long)query * dimension;

    /// <summary>Where a query's distances go.</summary>
    public double* Distances(int query) => (double*)DistanceStart + (long)query * K;

    /// <summary>Where a query's rows go.</summary>
    public int* Indices(int query) => (int*)IndexStart + (long)query * K;
}
