namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>
/// The capacity of a query's list, as a type: the size of shared memory must be known when the kernel is compiled.
/// </summary>
internal interface IListLength
{
    /// <summary>The number of rows that a list holds.</summary>
    int Slots { get; }
}
