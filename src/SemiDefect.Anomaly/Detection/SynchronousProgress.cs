namespace SemiDefect.Anomaly;

/// <summary>
/// Passes reports on immediately and in order; <see cref="Progress{T}"/> posts them, late and in any order.
/// </summary>
internal sealed class SynchronousProgress<T>(Action<T> handler) : IProgress<T>
{
    public void Report(T value) => handler(value);
}
