using BitMiracle.LibTiff.Classic;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Lets LibTiff read memory without copying it. Not thread-safe.</summary>
internal sealed class MemoryTiffStream(ReadOnlyMemory<byte> bytes) : TiffStream
{
    private long _position;

    public override int Read(object clientData, byte[] buffer, int offset, int count)
    {
        int available = (int)Math.Min(count, Math.Max(0, bytes.Length - _position));
        if (available > 0)
        {
            bytes.Span.Slice((int)_position, available).CopyTo(buffer.AsSpan(offset));
            _position += available;
        }

        return available;
    }

    public override long Seek(object clientData, long offset, SeekOrigin origin)
    {
        long position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => bytes.Length + offset,
        };
        return position < 0 ? -1 : _position = position;
    }

    public override long Size(object clientData) => bytes.Length;

    public override void Write(object clientData, byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The image is read-only.");

    public override void Close(object clientData)
    {
    }
}
