using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Any number of tagged values, given back in ascending order from bounded memory: what the buffer cannot hold is
/// sorted and laid down in a temporary file that goes when this is disposed, and the runs are merged while they are
/// read (external merge sort). Not thread-safe.
/// </summary>
internal sealed class SortedRuns<T> : IDisposable
    where T : unmanaged, IComparable<T>
{
    private readonly T[] _buffer;
    private readonly int _readBudget;
    private readonly List<Run> _runs = [];
    private FileStream? _file;
    private int _buffered;
    private int _tag;

    /// <summary>Keeps at most <paramref name="capacity"/> values in memory, and as many again while merging.</summary>
    public SortedRuns(int capacity)
    {
        _buffer = new T[capacity];
        _readBudget = capacity;
    }

    /// <summary>The number of values.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a value. Cheap while the tag stays the same from call to call.</summary>
    public void Add(int tag, T value)
    {
        if (_buffered == _buffer.Length || (tag != _tag && _buffered > 0))
        {
            Spill();
        }

        _tag = tag;
        _buffer[_buffered++] = value;
        Count++;
    }

    /// <summary>Everything added so far, ascending by value. Nothing may be added while it is read.</summary>
    /// <exception cref="SemiDefectException">The temporary file cannot be written or read.</exception>
    public IEnumerable<(int Tag, T Value)> Merge()
    {
        Array.Sort(_buffer, 0, _buffered);
        int blockLength = Math.Max(64, _readBudget / Math.Max(1, _runs.Count));
        var readers = new List<Reader>(_runs.Count + 1);
        readers.AddRange(_runs.Select(run => new Reader(this, run, blockLength)));
        if (_buffered > 0)
        {
            readers.Add(new Reader(_buffer, _buffered, _tag));
        }

        // Equal values of different tags may come in any order that is always the same: the run's number decides.
        var queue = new PriorityQueue<int, (T Value, int Run)>();
        for (int i = 0; i < readers.Count; i++)
        {
            if (readers[i].TryNext(out T value))
            {
                queue.Enqueue(i, (value, i));
            }
        }

        while (queue.TryPeek(out int index, out (T Value, int Run) first))
        {
            yield return (readers[index].Tag, first.Value);
            if (readers[index].TryNext(out T next))
            {
                queue.DequeueEnqueue(index, (next, index));
            }
            else
            {
                queue.Dequeue();
            }
        }
    }

    /// <summary>Deletes the temporary file.</summary>
    public void Dispose() => _file?.Dispose();

    private void Spill()
    {
        Array.Sort(_buffer, 0, _buffered);
        try
        {
            _file ??= CreateFile();
            _runs.Add(new Run(_file.Length, _buffered, _tag));
            _file.Seek(0, SeekOrigin.End);
            _file.Write(MemoryMarshal.AsBytes(_buffer.AsSpan(0, _buffered)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot lay down sorted pixels in '{Path.GetTempPath()}': {error.Message} Free some space there, or set TMPDIR to another place.", error);
        }

        _buffered = 0;
    }

    private static FileStream CreateFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"semidefect-{Guid.NewGuid():N}.tmp");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            // Windows deletes for a killed process too; elsewhere a file without a name is what goes with its last user.
            File.Delete(path);
        }

        return file;
    }

    private int ReadBlock(long position, Span<T> block)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(block);
        try
        {
            _file!.Seek(position, SeekOrigin.Begin);
            _file.ReadExactly(bytes);
        }
        catch (IOException error)
        {
            throw new SemiDefectException($"Cannot read back sorted pixels from '{Path.GetTempPath()}': {error.Message}", error);
        }

        return bytes.Length;
    }

    private readonly record struct Run(long Position, int Count, int Tag);

    private sealed class Reader
    {
        private readonly SortedRuns<T>? _owner;
        private readonly T[] _block;
        private long _position;
        private int _left;
        private int _inBlock;
        private int _next;

        public Reader(SortedRuns<T> owner, Run run, int blockLength)
        {
            _owner = owner;
            _block = new T[Math.Min(blockLength, run.Count)];
            _position = run.Position;
            _left = run.Count;
            Tag = run.Tag;
        }

        public Reader(T[] sorted, int count, int tag)
        {
            _block = sorted;
            _inBlock = count;
            Tag = tag;
        }

        public int Tag { get; }

        public bool TryNext(out T value)
        {
            if (_next == _inBlock)
            {
                if (_left == 0)
                {
                    value = default;
                    return false;
                }

                _inBlock = Math.Min(_left, _block.Length);
                _position += _owner!.ReadBlock(_position, _block.AsSpan(0, _inBlock));
                _left -= _inBlock;
                _next = 0;
            }

            value = _block[_next++];
            return true;
        }
    }
}
