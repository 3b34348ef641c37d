namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Decodes one or more file formats. Implementations are thread-safe.</summary>
internal interface IImageDecoder
{
    /// <summary>Whether the content starts like one of this decoder's formats.</summary>
    bool Recognizes(ReadOnlySpan<byte> bytes);

    /// <summary>Decodes the first frame: upright, without alpha, without color management.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="limits">The limits, checked against the header before pixels are allocated.</param>
    /// <param name="keepsMarks">Whether samples above 0 stay above 0 when 16 bits become 8, as a mask needs.</param>
    /// <exception cref="ImageFormatException">The content cannot be decoded completely.</exception>
    Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageLimits limits, bool keepsMarks = false);
}
