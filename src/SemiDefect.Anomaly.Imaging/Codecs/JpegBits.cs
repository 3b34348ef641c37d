namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Reads the bits of entropy-coded JPEG data up to the next marker (ITU-T T.81, annex F.2.2.5). Not thread-safe.
/// </summary>
internal ref struct JpegBits(ReadOnlySpan<byte> bytes, int position)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private ulong _buffer;
    private int _count;
    private int _zeros;

    /// <summary>The position after the last byte taken into the buffer.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Whether more bits were asked for than there are before the marker.</summary>
    public bool IsShort { get; private set; }

    /// <summary>The most bytes of zero in a row.</summary>
    public int LongestZeros { get; private set; }

    /// <summary>The next 16 bits; zeros after the last one.</summary>
    public int Peek()
    {
        if (_count < 16)
        {
            Fill();
        }

        return (int)(_count >= 16 ? _buffer >> (_count - 16) : _buffer << (16 - _count)) & 0xFFFF;
    }

    /// <summary>Takes bits, at most 16.</summary>
    public int Take(int count)
    {
        int bits = Peek() >> (16 - count);
        Skip(count);
        return bits;
    }

    /// <summary>Takes bits that were peeked at.</summary>
    public void Skip(int count)
    {
        IsShort |= count > _count;
        _count = Math.Max(0, _count - count);
        _buffer &= (1UL << _count) - 1;
    }

    /// <summary>Leaves the data for the marker that follows; counts the bytes that were not asked for.</summary>
    /// <returns>The number of bytes left over; the position is that of the marker, or the end.</returns>
    public int Leave()
    {
        int left = _count / 8;
        _count = 0;
        _buffer = 0;
        while (Position < _bytes.Length && !IsMarker())
        {
            left++;
            Position++;
        }

        return left;
    }

    /// <summary>Skips a restart marker.</summary>
    /// <returns>Whether it is there.</returns>
    public bool TakeRestart(int number)
    {
        while (Position + 1 < _bytes.Length && _bytes[Position] == 0xFF && _bytes[Position + 1] == 0xFF)
        {
            Position++;
        }

        if (Position + 1 >= _bytes.Length || _bytes[Position + 1] != 0xD0 + number)
        {
            return false;
        }

        Position += 2;
        return true;
    }

    // A zero after 0xFF is stuffed; anything else begins a marker.
    private readonly bool IsMarker() =>
        _bytes[Position] == 0xFF && (Position + 1 == _bytes.Length || _bytes[Position + 1] != 0);

    private void Fill()
    {
        while (_count <= 48 && Position < _bytes.Length && !IsMarker())
        {
            byte next = _bytes[Position];
            _buffer = (_buffer << 8) | next;
            _count += 8;
            _zeros = next == 0 ? _zeros + 1 : 0;
            LongestZeros = Math.Max(LongestZeros, _zeros);
            Position += next == 0xFF ? 2 : 1;
        }
    }
}
