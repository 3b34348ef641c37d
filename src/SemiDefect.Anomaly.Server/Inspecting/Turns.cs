namespace SemiDefect.Anomaly.Server.Inspecting;

/// <summary>Runs work that needs a whole image in memory, one per core at a time. Thread-safe.</summary>
internal sealed class Turns : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return work();
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
