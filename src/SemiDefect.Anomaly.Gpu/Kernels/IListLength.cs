namespace SemiDefect.Anomaly.Gpu.Kernels;

/// <summary>
/// How many rows a query's list holds, as a type: what a group keeps in shared memory must be known when the kernel is compiled.
/// </summary>
internal interface IListLength
{
    /// <summary>The rows that a list holds.</summary>
    int Slots { get; }
}
