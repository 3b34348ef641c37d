using System.Runtime.ExceptionServices;

namespace SemiDefect.Anomaly.Memory;

/// <summary>
/// Threads that do one short step together, thousands of times: they spin between steps, since a step takes less
/// time than waking a thread. The caller is one of them. Not thread-safe.
/// </summary>
internal sealed class LockstepTeam : IDisposable
{
    private readonly Action<int, int> _work;
    private readonly Thread[] _threads;
    private int _argument;
    private int _step;
    private int _busy;
    private bool _ended;
    private Exception? _error;

    /// <summary>Starts the threads.</summary>
    /// <param name="members">How many there are, with the caller.</param>
    /// <param name="work">Takes the member's number and the step's argument.</param>
    public LockstepTeam(int members, Action<int, int> work)
    {
        _work = work;
        _threads = new Thread[members - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int member = i + 1;
            _threads[i] = new Thread(() => Follow(member)) { IsBackground = true, Name = "semidefect-greedy" };
            _threads[i].Start();
        }
    }

    /// <summary>Has every member do a step, and waits for all.</summary>
    public void Run(int argument)
    {
        _argument = argument;
        Volatile.Write(ref _busy, _threads.Length);
        Volatile.Write(ref _step, _step + 1);
        try
        {
            _work(0, argument);
        }
        finally
        {
            var spin = default(SpinWait);
            while (Volatile.Read(ref _busy) > 0)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }

        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _ended, true);
        Volatile.Write(ref _step, _step + 1);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Follow(int member)
    {
        for (int done = 0; ; done++)
        {
            var spin = default(SpinWait);
            while (Volatile.Read(ref _step) == done)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            if (Volatile.Read(ref _ended))
            {
                return;
            }

            try
            {
                _work(member, _argument);
            }
            catch (Exception error)
            {
                _error = error;
            }

            Interlocked.Decrement(ref _busy);
        }
    }
}
