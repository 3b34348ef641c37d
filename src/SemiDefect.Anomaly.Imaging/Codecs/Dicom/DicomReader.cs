using System.Buffers.Binary;

namespace SemiDefect.Anomaly.Imaging.Codecs.Dicom;

/// <summary>
/// Walks through the elements of a DICOM file (PS3.5, chapter 7; PS3.10, chapter 7), each byte once at most, and keeps
/// where the values of <see cref="DicomTags"/> lie. All other values are skipped. Not thread-safe.
/// </summary>
internal ref struct DicomReader(ReadOnlySpan<byte> bytes, string name)
{
    /// <summary>Where the magic is, after the preamble.</summary>
    public const int MagicAt = 128;

    private const uint Undefined = uint.MaxValue;
    private const int DeepestNesting = 32;
    private const int MostFragments = 1 << 20;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly string _name = name;
    private int _position;
    private bool _isImplicit;

    /// <summary>Whether the content has the magic of a DICOM file.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= MagicAt + 4 && bytes.Slice(MagicAt, 4).SequenceEqual("DICM"u8);

    /// <summary>Reads up to the pixels.</summary>
    /// <exception cref="ImageFormatException">The file is damaged, has no pixels, or is of another kind.</exception>
    public DicomElements Read()
    {
        var elements = new DicomElements();
        _position = MagicAt + 4;
        string syntax = string.Empty;

        // The first group is explicit in every file, and its length is not always right.
        while (_bytes.Length - _position >= 8 && BinaryPrimitives.ReadUInt16LittleEndian(_bytes[_position..]) == 2)
        {
            (uint tag, _, uint length) = Next();
            ReadOnlySpan<byte> value = Take(length);
            if (tag == DicomTags.TransferSyntax)
            {
                syntax = DicomElements.Text(value);
            }
        }

        if (syntax.Length == 0)
        {
            throw Damaged("does not say how it is stored (its transfer syntax)");
        }

        DicomSyntax.RequireSupported(syntax, _name);
        elements.Syntax = syntax;
        _isImplicit = syntax == DicomSyntax.Implicit;
        while (_position < _bytes.Length)
        {
            (uint tag, ushort type, uint length) = Next();
            if (tag is DicomTags.FloatPixels or DicomTags.DoublePixels)
            {
                throw new ImageFormatException(
                    $"'{_name}' is a DICOM image with floating-point pixels, which are not supported; save it with "
                        + "integers of 8 to 16 bits.");
            }

            if (tag == DicomTags.Pixels)
            {
                ReadPixels(elements, length);
                return elements;
            }

            if (DicomTags.IsRead(tag))
            {
                int start = _position;
                int count = Take(length).Length;
                if (!elements.Values.TryAdd(tag, (start, count)))
                {
                    throw Damaged("has an attribute twice");
                }
            }
            else
            {
                elements.HasModalityTable |= tag == DicomTags.ModalityTable && length > 0;
                elements.HasWindowTable |= tag == DicomTags.WindowTable && length > 0;
                bool isGroups = tag is DicomTags.SharedGroups or DicomTags.FrameGroups;
                Skip(type, length, isGroups ? elements : null, 0);
            }
        }

        throw new ImageFormatException(
            $"'{_name}' is a DICOM file without an image (no pixel data); leave it out, or export the image again.");
    }

    private void ReadPixels(DicomElements elements, uint length)
    {
        if (DicomSyntax.IsEncapsulated(elements.Syntax))
        {
            if (length != Undefined)
            {
                throw Damaged("says that it is compressed, but has no fragments");
            }

            elements.Fragments = ReadFragments();
        }
        else if (length == Undefined)
        {
            throw Damaged("says that it is not compressed, but has fragments");
        }
        else
        {
            elements.Pixels = (_position, Take(length).Length);
        }
    }

    // The first item is the table of offsets, which may be empty.
    private List<(int Start, int Length)> ReadFragments()
    {
        var fragments = new List<(int Start, int Length)>();
        while (true)
        {
            (uint tag, uint length) = NextItem();
            if (tag == DicomTags.SequenceEnd)
            {
                return fragments.Count > 0 ? fragments : throw Damaged("has no fragments");
            }

            if (tag != DicomTags.Item)
            {
                throw Damaged("has fragments without a header");
            }

            if (fragments.Count > MostFragments)
            {
                throw Damaged($"has more than {MostFragments} fragments");
            }

            int start = _position;
            fragments.Add((start, Take(length).Length));
        }
    }

    /// <summary>Skips a value; with <paramref name="notes"/>, looks into it for attributes of values.</summary>
    private void Skip(ushort type, uint length, DicomElements? notes, int depth)
    {
        bool isUndefined = length == Undefined;
        if (!isUndefined && notes is null)
        {
            Take(length);
            return;
        }

        if (depth > DeepestNesting)
        {
            throw Damaged($"is nested more than {DeepestNesting} levels deep");
        }

        if (!isUndefined && length > _bytes.Length - _position)
        {
            throw Early();
        }

        // An unknown type of undefined length is a sequence of implicit elements (PS3.5, 6.2.2, note 2).
        bool wasImplicit = _isImplicit;
        _isImplicit |= type == TypeOf("UN"u8);
        int end = isUndefined ? _bytes.Length : _position + (int)length;
        while (isUndefined || _position < end)
        {
            (uint tag, uint itemLength) = NextItem();
            if (tag == DicomTags.SequenceEnd && isUndefined)
            {
                break;
            }

            if (tag != DicomTags.Item)
            {
                throw Damaged("has a sequence without items");
            }

            SkipItem(itemLength, notes, depth);
        }

        if (!isUndefined && _position != end)
        {
            throw Damaged("has a sequence that is longer than it says");
        }

        _isImplicit = wasImplicit;
    }

    private void SkipItem(uint length, DicomElements? notes, int depth)
    {
        bool isUndefined = length == Undefined;
        if (!isUndefined && notes is null)
        {
            Take(length);
            return;
        }

        if (!isUndefined && length > _bytes.Length - _position)
        {
            throw Early();
        }

        int end = isUndefined ? _bytes.Length : _position + (int)length;
        while (isUndefined || _position < end)
        {
            (uint tag, ushort type, uint elementLength) = Next();
            if (tag == DicomTags.ItemEnd && isUndefined)
            {
                return;
            }

            bool isSequence = type == TypeOf("SQ"u8) || elementLength == Undefined;
            if (notes is not null && DicomTags.IsOfValues(tag))
            {
                notes.HasNestedValues = true;
            }

            // Of implicit elements only those of undefined length are known to be sequences.
            Skip(type, elementLength, isSequence ? notes : null, depth + 1);
        }

        if (_position != end)
        {
            throw Damaged("has an item that is longer than it says");
        }
    }

    private (uint Tag, uint Length) NextItem()
    {
        ReadOnlySpan<byte> header = Take(8);
        return (
            (uint)BinaryPrimitives.ReadUInt16LittleEndian(header) << 16
                | BinaryPrimitives.ReadUInt16LittleEndian(header[2..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[4..]));
    }

    // The meta group is read before the syntax is known, and is explicit.
    private (uint Tag, ushort Type, uint Length) Next()
    {
        (uint tag, uint length) = NextItem();
        if (_isImplicit || tag is DicomTags.ItemEnd or DicomTags.SequenceEnd or DicomTags.Item)
        {
            return (tag, 0, length);
        }

        ushort type = (ushort)(length & 0xFFFF);
        if ((byte)type is < (byte)'A' or > (byte)'Z' || (byte)(type >> 8) is < (byte)'A' or > (byte)'Z')
        {
            throw Damaged("has an attribute without a type");
        }

        return (tag, type, IsLong(type) ? BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) : length >> 16);
    }

    // Types whose length has 32 bits (PS3.5, 7.1.2).
    private static bool IsLong(ushort type) =>
        type == TypeOf("OB"u8)
        || type == TypeOf("OD"u8)
        || type == TypeOf("OF"u8)
        || type == TypeOf("OL"u8)
        || type == TypeOf("OV"u8)
        || type == TypeOf("OW"u8)
        || type == TypeOf("SQ"u8)
        || type == TypeOf("SV"u8)
        || type == TypeOf("UC"u8)
        || type == TypeOf("UN"u8)
        || type == TypeOf("UR"u8)
        || type == TypeOf("UT"u8)
        || type == TypeOf("UV"u8);

    private static ushort TypeOf(ReadOnlySpan<byte> type) => BinaryPrimitives.ReadUInt16LittleEndian(type);

    private ReadOnlySpan<byte> Take(uint length)
    {
        if (length > _bytes.Length - _position)
        {
            throw Early();
        }

        ReadOnlySpan<byte> value = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return value;
    }

    private readonly ImageFormatException Early() => Damaged("ends too early");

    private readonly ImageFormatException Damaged(string what) => DicomHeader.Damaged(_name, what);
}
