namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>Decodes one or more file formats. Implementations are thread-safe.</summary>
internal interface IImageDecoder
{
    /// <summary>Whether the content starts like one of this decoder's formats.</summary>
    bool Recognizes(ReadOnlySpan<byte> bytes);

    /// <summary>What the header says.</summary>
    /// <exception cref="ImageFormatException">The header cannot be read.</exception>
    ImageFileInfo Describe(ReadOnlySpan<byte> bytes, string name);

    /// <summary>Decodes a page or the first frame: upright, without alpha, without color management.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="reading">The limits, checked against the header before pixels are allocated, and the page.</param>
    /// <param name="wide">Converts samples of 16 bits.</param>
    /// <exception cref="ImageFormatException">The content cannot be decoded completely.</exception>
    Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageReading reading, WideSamples wide);
}
