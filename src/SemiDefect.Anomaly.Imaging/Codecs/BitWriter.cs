namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Collects bits, the lowest first, as deflate packs them (RFC 1951, 3.1.1). Not thread-safe.</summary>
internal sealed class BitWriter(int capacity)
{
    private readonly List<byte> _bytes = new(capacity);
    private ulong _pending;
    private int _pendingCount;

    /// <summary>Appends the <paramref name="count"/> lowest bits (at most 24).</summary>
    public void WriteBits(int bits, int count)
    {
        _pending |= (ulong)(uint)bits << _pendingCount;
        _pendingCount += count;
        while (_pendingCount >= 8)
        {
            _bytes.Add((byte)_pending);
            _pending >>= 8;
            _pendingCount -= 8;
        }
    }

    /// <summary>Appends a whole byte.</summary>
    public void WriteByte(byte value) => WriteBits(value, 8);

    /// <summary>Fills the last byte with zeros.</summary>
    public void Align() => WriteBits(0, -_pendingCount & 7);

    /// <summary>The whole bytes so far.</summary>
    public byte[] ToArray() => _bytes.ToArray();
}
