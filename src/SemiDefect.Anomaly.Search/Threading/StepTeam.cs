using System.Runtime.ExceptionServices;

namespace SemiDefect.Anomaly.Search.Threading;

/// <summary>
/// Threads that share one short step after another, thousands of times. The caller processes the pieces of a step
/// itself. Helpers take pieces if they happen to be running, and spin between steps, because a step takes less time
/// than waking a thread. The caller does not wait for a helper that is not scheduled unless it has begun a piece. Not
/// thread-safe.
/// </summary>
internal sealed class StepTeam : IDisposable
{
    private readonly int _pieces;
    private readonly Action<int, int, int> _work;
    private readonly Thread[] _helpers;

    // The upper half holds the step, the lower half the number of pieces taken, so that nobody can take a piece of a
    // finished step.
    private long _ticket;
    private int _argument;
    private int _finished;
    private bool _ended;
    private Exception? _error;

    /// <summary>Starts the helpers.</summary>
    /// <param name="members">The maximum number of threads, including the caller.</param>
    /// <param name="pieces">The number of pieces of every step.</param>
    /// <param name="work">Called with the member's index, the piece, and the step's argument.</param>
    public StepTeam(int members, int pieces, Action<int, int, int> work)
    {
        _pieces = pieces;
        _work = work;
        _ticket = pieces;
        _helpers = new Thread[members - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            int member = i + 1;
            _helpers[i] = new Thread(() => Help(member)) { IsBackground = true, Name = "semidefect-greedy" };
            _helpers[i].Start();
        }
    }

    /// <summary>Runs a step and waits until all its pieces are done.</summary>
    public void Run(int argument)
    {
        _argument = argument;
        Volatile.Write(ref _finished, 0);
        Volatile.Write(ref _ticket, ((_ticket >> 32) + 1) << 32);
        while (TakePiece(0))
        {
        }

        var spin = default(SpinWait);
        while (Volatile.Read(ref _finished) < _pieces)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }
    }

    /// <summary>Stops the helpers.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _ended, true);
        foreach (Thread helper in _helpers)
        {
            helper.Join();
        }
    }

    private void Help(int member)
    {
        var spin = default(SpinWait);
        while (!Volatile.Read(ref _ended))
        {
            if (TakePiece(member))
            {
                spin.Reset();
            }
            else
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    private bool TakePiece(int member)
    {
        if ((int)Volatile.Read(ref _ticket) >= _pieces)
        {
            return false;
        }

        int piece = (int)Interlocked.Increment(ref _ticket) - 1;
        if (piece >= _pieces)
        {
            return false;
        }

        try
        {
            _work(member, piece, _argument);
        }
        catch (Exception error)
        {
            _error = error;
        }

        Interlocked.Increment(ref _finished);
        return true;
    }
}
