namespace SemiDefect.Anomaly.Native;

/// <summary>
/// A detector that is disposed of when it was freed and its last user is done. Thread-safe.
/// </summary>
internal sealed class SharedDetector(AnomalyDetector detector)
{
    private readonly Lock _lock = new();
    private int _users = 1;

    /// <summary>Uses the detector.</summary>
    /// <exception cref="NativeCallException">It was freed.</exception>
    public TResult Use<TResult>(Func<AnomalyDetector, TResult> use)
    {
        lock (_lock)
        {
            _users = _users > 0
                ? _users + 1
                : throw new NativeCallException(Status.Handle, "The detector was freed.");
        }

        try
        {
            return use(detector);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Ends a use; the first one belongs to the handle.</summary>
    public void Release()
    {
        bool isLast;
        lock (_lock)
        {
            isLast = --_users == 0;
        }

        if (isLast)
        {
            detector.Dispose();
        }
    }
}
