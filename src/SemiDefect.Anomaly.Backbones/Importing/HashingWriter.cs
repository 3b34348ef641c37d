using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>
/// Forwards what is written and computes its SHA-256, each on its own thread, so that producing, hashing and writing
/// the bytes overlap. Bytes can be produced in place with <see cref="GetSpan"/>. Memory: eight buffers of 512 KiB,
/// which are reused. An error of the inner stream is thrown by a later call. Not thread-safe; does not own the inner
/// stream.
/// </summary>
internal sealed class HashingWriter : Stream, IBufferWriter<byte>
{
    private const int BufferBytes = 1 << 19;
    private const int Buffers = 8;

    private readonly byte[][] _buffers = new byte[Buffers][];
    private readonly int[] _lengths = new int[Buffers];
    private readonly object _gate = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Thread[] _threads;

    // Number of buffers taken by each thread; the index of a buffer is its number modulo Buffers.
    private readonly long[] _taken = new long[2];
    private long _filled;
    private bool _ended;
    private Exception? _error;
    private int _used;
    private long _position;

    /// <summary>Starts the threads; <see cref="Finish"/> or <see cref="Stream.Dispose()"/> stops them.</summary>
    public HashingWriter(Stream inner)
    {
        for (int i = 0; i < Buffers; i++)
        {
            _buffers[i] = GC.AllocateUninitializedArray<byte>(BufferBytes);
        }

        _threads = [Start(0, "semidefect-hash", _hash.AppendData), Start(1, "semidefect-write", inner.Write)];
    }

    private delegate void Taker(ReadOnlySpan<byte> bytes);

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _position;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    private byte[] Current => _buffers[_filled % Buffers];

    /// <summary>Waits until everything is hashed and written.</summary>
    /// <returns>The hash.</returns>
    public byte[] Finish()
    {
        HandOver();
        End();
        return _hash.GetHashAndReset();
    }

    /// <summary>A buffer in which to produce bytes; they are committed by <see cref="Advance"/>.</summary>
    /// <param name="sizeHint">The minimum size, at most 512 KiB.</param>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc cref="GetSpan"/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeHint, BufferBytes);
        if (BufferBytes - _used < Math.Max(1, sizeHint))
        {
            HandOver();
        }

        return Current.AsMemory(_used);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _used += count;
        _position += count;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            Span<byte> room = GetSpan();
            int count = Math.Min(room.Length, buffer.Length);
            buffer[..count].CopyTo(room);
            Advance(count);
            buffer = buffer[count..];
        }
    }

    /// <summary>Does nothing: full buffers are passed on immediately, and the rest by <see cref="Finish"/>.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate)
            {
                _error ??= new ObjectDisposedException(nameof(HashingWriter));
                Monitor.PulseAll(_gate);
            }

            Array.ForEach(_threads, thread => thread.Join());
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private Thread Start(int taker, string name, Taker take)
    {
        var thread = new Thread(() => Take(taker, take)) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    /// <summary>Passes the current buffer to the threads, and waits until the next one is free.</summary>
    private void HandOver()
    {
        lock (_gate)
        {
            _lengths[_filled % Buffers] = _used;
            _used = 0;
            _filled++;
            Monitor.PulseAll(_gate);
            while (_error is null && _filled - Math.Min(_taken[0], _taken[1]) >= Buffers)
            {
                Monitor.Wait(_gate);
            }

            Rethrow();
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }

        Array.ForEach(_threads, thread => thread.Join());
        Rethrow();
    }

    private void Rethrow()
    {
        if (_error is not null)
        {
            ExceptionDispatchInfo.Throw(_error);
        }
    }

    private void Take(int taker, Taker take)
    {
        try
        {
            while (WaitForBuffer(taker) is int place)
            {
                take(_buffers[place].AsSpan(0, _lengths[place]));
                lock (_gate)
                {
                    _taken[taker]++;
                    Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception error)
        {
            lock (_gate)
            {
                _error ??= error;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>The index of the next buffer, or null if there are no more.</summary>
    private int? WaitForBuffer(int taker)
    {
        lock (_gate)
        {
            while (_error is null && !_ended && _taken[taker] == _filled)
            {
                Monitor.Wait(_gate);
            }

            return _error is not null || _taken[taker] == _filled ? null : (int)(_taken[taker] % Buffers);
        }
    }
}
