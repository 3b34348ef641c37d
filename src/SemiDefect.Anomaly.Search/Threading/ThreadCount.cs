namespace SemiDefect.Anomaly.Search.Threading;

/// <summary>The meaning of a thread count in options and parameters. Stateless.</summary>
public static class ThreadCount
{
    /// <summary>The number of threads to use: <paramref name="threads"/>, or one per processor if it is 0.</summary>
    public static int Resolve(int threads) => threads == 0 ? Environment.ProcessorCount : threads;
}
