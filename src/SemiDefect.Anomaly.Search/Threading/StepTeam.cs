using System.Runtime.ExceptionServices;

namespace SemiDefect.Anomaly.Search.Threading;

/// <summary>
/// Threads that share one short step after another, thousands of times. The caller goes through a step's pieces itself; helpers
/// take pieces when they happen to be running, and spin between steps, since a step takes less time than waking a thread. A
/// helper that the machine does not schedule is not waited for unless it has begun a piece. Not thread-safe.
/// </summary>
internal sealed class StepTeam : IDisposable
{
    private readonly int _pieces;
    private readonly Action<int, int, int> _work;
    private readonly Thread[] _helpers;

    // The step in the upper half, the pieces taken in the lower, so that nobody can take a piece of a step that is over.
    private long _ticket;
    private int _argument;
    private int _finished;
    private bool _ended;
    private Exception? _error;

    /// <summary>Starts the helpers.</summary>
    /// <param name="members">How many there are at most, with the caller.</param>
    /// <param name="pieces">The pieces of every step.</param>
    /// <param name="work">Takes the member's number, the piece, and the step's argument.</param>
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

    /// <summary>Does a step, and waits until all its pieces are done.</summary>
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

    /// <summary>Ends the helpers.</summary>
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
