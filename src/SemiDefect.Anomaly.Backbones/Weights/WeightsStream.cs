namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>A buffered, read-only stream over part of a weights file, which it does not own. Not thread-safe.</summary>
internal sealed class WeightsStream : Stream
{
    private const int BufferLength = 1 << 14;

    private readonly WeightsSource _source;
    private readonly long _start;
    private readonly byte[] _buffer = new byte[BufferLength];
    private long _bufferStart;
    private int _bufferCount;
    private long _position;

    /// <summary>The whole file.</summary>
    public WeightsStream(WeightsSource source)
        : this(source, 0, source.Length)
    {
    }

    /// <summary>A part of it, which must lie inside.</summary>
    public WeightsStream(WeightsSource source, long start, long length)
    {
        _source = source;
        _start = start;
        Length = length;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        long available = _bufferStart + _bufferCount - _position;
        if (available <= 0)
        {
            _bufferStart = _position;
            _bufferCount = (int)Math.Min(BufferLength, Length - _position);
            _source.Read(_start + _position, _buffer.AsSpan(0, _bufferCount));
            available = _bufferCount;
        }

        int count = (int)Math.Min(available, buffer.Length);
        _buffer.AsSpan((int)(_position - _bufferStart), count).CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 1 ? one[0] : -1;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
