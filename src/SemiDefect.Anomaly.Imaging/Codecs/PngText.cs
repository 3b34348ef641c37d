using System.IO.Compression;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// EXIF in the text of PNG files, as ImageMagick writes it: a chunk tEXt, zTXt or iTXt called "Raw profile type exif"
/// or "APP1", with a name, a length and hexadecimal digits. Stateless.
/// </summary>
internal static class PngText
{
    private const int LargestText = 1 << 20;

    /// <summary>Whether a chunk is such a text.</summary>
    public static bool IsExif(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content) =>
        (type.SequenceEqual("tEXt"u8) || type.SequenceEqual("zTXt"u8) || type.SequenceEqual("iTXt"u8))
        && (content.StartsWith("Raw profile type exif\0"u8) || content.StartsWith("Raw profile type APP1\0"u8));

    /// <summary>The orientation in such a text; upright if there is none, or it is damaged.</summary>
    public static int OrientationOf(ReadOnlySpan<byte> type, ReadOnlyMemory<byte> content)
    {
        byte[]? text = TextOf(type, content[(content.Span.IndexOf((byte)0) + 1)..]);
        return text is null ? Orientation.Upright : Orientation.FromExif(BytesOf(text));
    }

    private static byte[]? TextOf(ReadOnlySpan<byte> type, ReadOnlyMemory<byte> rest)
    {
        if (type.SequenceEqual("tEXt"u8))
        {
            return rest.ToArray();
        }

        if (type.SequenceEqual("zTXt"u8))
        {
            return rest.Length < 1 ? null : Inflate(rest[1..]);
        }

        // Flag and method of compression, a language and a translated keyword, each ended by a zero.
        bool isCompressed = rest.Length > 1 && rest.Span[0] == 1;
        for (int i = 0, position = 2; position <= rest.Length; i++)
        {
            if (i == 2)
            {
                return isCompressed ? Inflate(rest[position..]) : rest[position..].ToArray();
            }

            int end = rest.Span[position..].IndexOf((byte)0);
            if (end < 0)
            {
                break;
            }

            position += end + 1;
        }

        return null;
    }

    private static byte[]? Inflate(ReadOnlyMemory<byte> compressed)
    {
        byte[] text = new byte[LargestText];
        try
        {
            using var inflated = new ZLibStream(new MemoryChainStream([compressed]), CompressionMode.Decompress);
            return text[..inflated.ReadAtLeast(text, LargestText, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    // The digits follow the third line end: an empty line, the name of the profile, its length.
    private static byte[] BytesOf(ReadOnlySpan<byte> text)
    {
        for (int line = 0; line < 3; line++)
        {
            int end = text.IndexOf((byte)'\n');
            if (end < 0)
            {
                return [];
            }

            text = text[(end + 1)..];
        }

        var digits = new List<byte>(text.Length);
        foreach (byte next in text)
        {
            int digit = char.IsAsciiHexDigit((char)next) ? Convert.ToInt32($"{(char)next}", 16) : -1;
            if (digit >= 0)
            {
                digits.Add((byte)digit);
            }
        }

        return [.. digits.Chunk(2).Where(pair => pair.Length == 2).Select(pair => (byte)(16 * pair[0] + pair[1]))];
    }
}
