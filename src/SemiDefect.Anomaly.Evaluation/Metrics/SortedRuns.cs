using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Evaluation.Metrics;

/// <summary>
/// Sorts any number of tagged values in bounded memory (external merge sort): when the buffer is full, it is sorted and
/// written to a temporary file, which is deleted on disposal. The sorted runs are merged while they are read. Not
/// thread-safe. The owner disposes it.
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

    /// <summary>Adds a value. Cheap if the tag is the same as in the previous call.</summary>
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

    /// <summary>All values added so far, in ascending order. Nothing may be added during the enumeration.</summary>
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

        // Equal values with different tags may come in any reproducible order: the number of the run decides.
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
            throw new SemiDefectException(
                $"Cannot write sorted pixels to '{Path.GetTempPath()}': {error.Message} Free some space there, or set "
                    + "TMPDIR to another folder.",
                error);
        }

        _buffered = 0;
    }

    private static FileStream CreateFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"semidefect-{Guid.NewGuid():N}.tmp");
        var file = new FileStream(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            // Windows deletes the file even if the process is killed; elsewhere, an unlinked file is freed with its
            // last handle.
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
            throw new SemiDefectException(
                $"Cannot read back sorted pixels from '{Path.GetTempPath()}': {error.Message}", error);
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
