using System.Runtime.ExceptionServices;

namespace SemiDefect.Anomaly.Search.Threading;

/// <summary>
/// Distributes numbered pieces of work among threads; each free thread takes the next piece. Stateless.
/// </summary>
internal static class WorkQueue
{
    /// <summary>
    /// Runs <paramref name="work"/> for 0 to <paramref name="count"/> - 1, each once, in no particular order, on up to
    /// <paramref name="threads"/> threads. <paramref name="prepare"/> creates the state of a thread, and
    /// <paramref name="release"/> disposes it.
    /// </summary>
    /// <exception cref="OperationCanceledException">The operation was canceled between two pieces.</exception>
    public static void Run<TState>(
        int count,
        int threads,
        Func<TState> prepare,
        Action<TState> release,
        Action<int, TState> work,
        CancellationToken cancellationToken)
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

    /// <summary>The same for work without thread state.</summary>
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
            // All threads stop on cancellation; any other exception takes precedence.
            ExceptionDispatchInfo.Throw(
                error.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException)
                    ?? error.InnerExceptions[0]);
        }
    }
}
