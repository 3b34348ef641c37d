namespace SemiDefect.Anomaly.Server.Models;

/// <summary>Keeps a model open until it is disposed. Thread-safe.</summary>
internal sealed class ModelLease(LoadedModel model) : IDisposable
{
    private int _disposed;

    public LoadedModel Model => model;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            model.GiveBack();
        }
    }
}
