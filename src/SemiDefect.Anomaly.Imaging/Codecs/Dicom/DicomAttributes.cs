using System.Buffers.Binary;
using System.Globalization;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>The values of attributes (PS3.5, 6.2). Not thread-safe.</summary>
internal readonly ref struct DicomAttributes(ReadOnlySpan<byte> bytes, DicomElements elements, string name)
{
    private const double LargestNumber = 1e12;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly DicomElements _elements = elements;
    private readonly string _name = name;

    /// <summary>An unsigned number of 16 bits.</summary>
    /// <param name="tag">The attribute.</param>
    /// <param name="otherwise">The number of a file without it; null to refuse it.</param>
    /// <exception cref="ImageFormatException">It is missing or no such number.</exception>
    public int Number(uint tag, int? otherwise)
    {
        ReadOnlySpan<byte> value = Find(tag);
        return value.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(value)
            : value.IsEmpty && otherwise is { } number ? number
            : throw DicomHeader.Damaged(_name, value.IsEmpty ? $"has no {NameOf(tag)}" : $"has no valid {NameOf(tag)}");
    }

    /// <summary>The first of the decimal numbers of a text.</summary>
    /// <exception cref="ImageFormatException">It is no number, or not finite.</exception>
    public double Decimal(uint tag, double otherwise)
    {
        if (Text(tag) is not { } text)
        {
            return otherwise;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && Math.Abs(number) <= LargestNumber
            ? number
            : throw DicomHeader.Damaged(_name, $"has no valid {NameOf(tag)}");
    }

    /// <summary>The first of the values of a text; null if there is none.</summary>
    public string? Text(uint tag)
    {
        string text = DicomElements.Text(Find(tag)).Split('\\')[0].Trim();
        return text.Length == 0 ? null : text;
    }

    private ReadOnlySpan<byte> Find(uint tag) =>
        _elements.Values.TryGetValue(tag, out (int Start, int Length) place)
            ? _bytes.Slice(place.Start, place.Length)
            : [];

    private static string NameOf(uint tag) => tag switch
    {
        DicomTags.SamplesPerPixel => "number of samples",
        DicomTags.PlanarConfiguration => "planar configuration",
        DicomTags.NumberOfFrames => "number of frames",
        DicomTags.Rows => "height",
        DicomTags.Columns => "width",
        DicomTags.BitsAllocated or DicomTags.BitsStored or DicomTags.HighBit => "number of bits",
        DicomTags.PixelRepresentation => "pixel representation",
        DicomTags.WindowCenter or DicomTags.WindowWidth => "window",
        _ => "rescale slope or intercept",
    };
}
