namespace SemiDefect.Anomaly.Fleet.Inspecting;

/// <summary>
/// The images of a run that are on their way, and their results, given out in order. Thread-safe. Memory: one result
/// for each image that is on its way.
/// </summary>
/// <param name="count">The number of images.</param>
/// <param name="most">The number of images that may be sent before the next result in order is taken.</param>
internal sealed class FleetRun(int count, int most) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _room = new(most);
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Dictionary<int, FleetInspection> _results = [];
    private readonly HashSet<int> _objects = [];
    private Exception? _failure;
    private int _sent;
    private int _taken;
    private int _done;

    /// <summary>The identity, which no other run has: 32 hexadecimal digits.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The number of images with a result.</summary>
    public int Done
    {
        get
        {
            lock (_lock)
            {
                return _done;
            }
        }
    }

    /// <summary>The images that were sent and have no result yet.</summary>
    public IReadOnlyList<int> Missing
    {
        get
        {
            lock (_lock)
            {
                return [.. Enumerable.Range(_taken, _sent - _taken).Where(index => !_results.ContainsKey(index))];
            }
        }
    }

    /// <summary>Waits until the next image may be sent.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _sent++;
        }
    }

    /// <summary>The object for the content of an image.</summary>
    public string ObjectOf(int index)
    {
        lock (_lock)
        {
            _objects.Add(index);
        }

        return $"{Id}/{index}";
    }

    /// <summary>Whether the content of an image is an object.</summary>
    public bool HadObject(int index)
    {
        lock (_lock)
        {
            return _objects.Contains(index);
        }
    }

    /// <summary>Adds a result; false if there is one already, or it is not of this run.</summary>
    public bool Add(FleetInspection result)
    {
        lock (_lock)
        {
            if (result.Index < _taken || result.Index >= _sent || !_results.TryAdd(result.Index, result))
            {
                return false;
            }

            _done++;
        }

        _ready.Release();
        return true;
    }

    /// <summary>Ends the run with an error.</summary>
    public void Fail(Exception failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
        }

        _ready.Release(count + 1);
    }

    /// <summary>Takes the next result in order.</summary>
    public async Task<FleetInspection> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_results.Remove(_taken, out FleetInspection? result))
                {
                    _objects.Remove(_taken);
                    _taken++;
                    _room.Release();
                    return result;
                }

                if (_failure is not null)
                {
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
                }
            }

            await _ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _room.Dispose();
        _ready.Dispose();
    }
}
