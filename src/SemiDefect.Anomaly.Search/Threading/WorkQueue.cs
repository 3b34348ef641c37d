using System.Runtime.ExceptionServices;

namespace SemiDefect.Anomaly.Search.Threading;

/// <summary>Hands numbered pieces of work to threads, the next to whoever is free. Thread-safe: nothing is kept.</summary>
internal static class WorkQueue
{
    /// <summary>
    /// Runs <paramref name="work"/> for 0 .. <paramref name="count"/> - 1, each once, in no particular order, on up to
    /// <paramref name="threads"/> threads; <paramref name="prepare"/> gives a thread what it keeps to itself, and
    /// <paramref name="release"/> takes it back.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled between two pieces.</exception>
    public static void Run<TState>(int count, int threads, Func<TState> prepare, Action<TState> release, Action<int, TState> work, CancellationToken cancellationToken)
    {
        int next = -1;
        void Drain()
        {
            TState state = prepare();
            try
            {
                while (!cancellationToken.IsCancellationRequested)
                {
                    int piece = Interlocked.Increment(ref next);
                    if (piece >= count)
                    {
                        break;
                    }

                    work(piece, state);
                }
            }
            finally
            {
                release(state);
            }
        }

        int workers = Math.Min(threads, count);
        if (workers <= 1)
        {
            if (count > 0)
            {
                Drain();
            }
        }
        else
        {
            RunOnThreads(workers, Drain);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The same for work that needs nothing of its own.</summary>
    public static void Run(int count, int threads, Action<int> work, CancellationToken cancellationToken) =>
        Run(count, threads, () => 0, _ => { }, (piece, _) => work(piece), cancellationToken);

    private static void RunOnThreads(int workers, Action drain)
    {
        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => drain());
        }
        catch (AggregateException error)
        {
            // All threads stop when it is cancelled; anything else matters more.
            ExceptionDispatchInfo.Throw(error.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException) ?? error.InnerExceptions[0]);
        }
    }
}
