namespace SemiDefect.Anomaly.Native;

/// <summary>The numbers of handles. Thread-safe.</summary>
internal static class HandleNumbers
{
    // Steps as of addresses, so that a debugger does not show handles as small numbers.
    private const int Step = 16;
    private static long _last;

    /// <summary>A number that was not used before.</summary>
    public static nint Next() => (nint)Interlocked.Add(ref _last, Step);
}
