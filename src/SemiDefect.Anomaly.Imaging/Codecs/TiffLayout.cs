using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// The storage layout of the pixels of a TIFF image, and the conversion of stored rows to RGB. Not changed once rows
/// are converted.
/// </summary>
internal sealed class TiffLayout
{
    private const int MaxSamples = 8;

    private readonly WideSamples _wide;

    private TiffLayout(Tiff tiff, string name, WideSamples wide)
    {
        _wide = wide;
        Name = name;
        Width = Number(tiff, TiffTag.IMAGEWIDTH, 0);
        Height = Number(tiff, TiffTag.IMAGELENGTH, 0);
        Depth = Number(tiff, TiffTag.BITSPERSAMPLE, 1);
        Samples = Number(tiff, TiffTag.SAMPLESPERPIXEL, 1);
        Photometric = (Photometric)Number(tiff, TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK);
        IsSeparate = Number(tiff, TiffTag.PLANARCONFIG, (int)PlanarConfig.CONTIG) == (int)PlanarConfig.SEPARATE;
        Compression = (Compression)Number(tiff, TiffTag.COMPRESSION, (int)Compression.NONE);
    }

    public string Name { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bits per sample: 1, 2, 4, 8 or 16, or 32 of floating point.</summary>
    public int Depth { get; }

    /// <summary>Samples per pixel, including extra ones.</summary>
    public int Samples { get; }

    public Photometric Photometric { get; private set; }

    /// <summary>Whether JPEG data hold YCbCr, which is converted while it is decoded.</summary>
    public bool IsYCbCr { get; private set; }

    /// <summary>Whether samples are floating point of 32 bits, one for each pixel.</summary>
    public bool IsFloat { get; private set; }

    /// <summary>Whether each sample has its own plane.</summary>
    public bool IsSeparate { get; }

    public Compression Compression { get; }

    /// <summary>Samples that carry color: 3 for RGB, 4 for CMYK, 1 otherwise.</summary>
    public int Colors => Photometric switch
    {
        Photometric.RGB => 3,
        Photometric.SEPARATED => 4,
        _ => 1,
    };

    /// <summary>R, G, B of each palette entry; empty without a palette.</summary>
    private byte[] Palette { get; set; } = [];

    /// <summary>Whether the colors were multiplied by the alpha that follows them.</summary>
    private bool IsPremultiplied { get; set; }

    /// <summary>Reads the layout and rejects unsupported ones.</summary>
    /// <exception cref="ImageFormatException">
    /// The image type is not supported, or the image exceeds the limits.
    /// </exception>
    public static TiffLayout Read(Tiff tiff, string name, ImageReading reading, WideSamples wide)
    {
        var layout = new TiffLayout(tiff, name, wide);
        reading.Limits.Check(name, (uint)layout.Width, (uint)layout.Height);
        if (layout.Depth == 32
            && Number(tiff, TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT) == (int)SampleFormat.IEEEFP
            && layout.Samples == 1
            && layout.Photometric is (Photometric.MINISBLACK or Photometric.MINISWHITE)
            && !wide.KeepsMarks)
        {
            layout.IsFloat = true;
            return reading.Intensity.Kind != IntensityKind.Full
                ? layout
                : throw new ImageFormatException(
                    $"'{name}' is a TIFF image with samples of 32 bits of floating point, which have no range of their "
                        + "own; fit with --window LOW:HIGH or --window-percentiles LOW:HIGH.");
        }

        if (layout.Depth is not (1 or 2 or 4 or 8 or 16)
            || Number(tiff, TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT) is
                not ((int)SampleFormat.UINT or (int)SampleFormat.VOID))
        {
            throw layout.Unsupported(
                $"samples of {layout.Depth} bits that are not unsigned integers of 1, 2, 4, 8 or 16 bits");
        }

        if (layout.Compression == Compression.JPEG && layout.Photometric == Photometric.YCBCR)
        {
            // LibTiff then converts while decoding.
            tiff.SetField(TiffTag.JPEGCOLORMODE, JpegColorMode.RGB);
            layout.Photometric = Photometric.RGB;
            layout.IsYCbCr = true;
        }

        if (layout.Photometric is
            not (Photometric.MINISBLACK
                or Photometric.MINISWHITE
                or Photometric.RGB
                or Photometric.PALETTE
                or Photometric.SEPARATED))
        {
            throw layout.Unsupported($"{layout.Photometric} colors");
        }

        if (layout.Photometric == Photometric.SEPARATED
            && (layout.IsSeparate || Number(tiff, TiffTag.INKSET, (int)InkSet.CMYK) != (int)InkSet.CMYK))
        {
            throw layout.Unsupported(
                layout.IsSeparate ? "CMYK colors in separate planes" : "inks other than CMYK");
        }

        if (layout.Photometric == Photometric.MINISBLACK && layout.Samples == 3 && !HasAlpha(tiff))
        {
            // tifffile and ImageJ call three channels gray.
            layout.Photometric = Photometric.RGB;
        }

        if (layout.Samples < layout.Colors || layout.Samples > MaxSamples)
        {
            throw layout.Unsupported($"{layout.Samples} samples per pixel");
        }

        if (layout.Photometric == Photometric.PALETTE)
        {
            layout.ReadPalette(tiff);
        }

        layout.ReadExtraSamples(tiff);
        return layout;
    }

    /// <summary>Converts the first <paramref name="count"/> pixels of a stored row.</summary>
    /// <param name="row">The stored row, with all samples or those of one plane.</param>
    /// <param name="plane">The plane, if planes are separate.</param>
    /// <param name="count">The number of pixels.</param>
    /// <param name="rgb">Receives the pixels.</param>
    public void Convert(ReadOnlySpan<byte> row, int plane, int count, Span<byte> rgb)
    {
        int stride = IsSeparate ? 1 : Samples;
        if (Photometric == Photometric.PALETTE)
        {
            ConvertPalette(row, stride, count, rgb);
        }
        else if (Photometric == Photometric.SEPARATED)
        {
            for (int i = 0; i < count; i++)
            {
                int white = 255 - Sample(row, i * stride + 3);
                for (int ink = 0; ink < 3; ink++)
                {
                    // White less the share of the ink, rounded as Pillow does.
                    int share = Sample(row, i * stride + ink) * white + 128;
                    rgb[3 * i + ink] = (byte)Math.Max(0, white - (((share >> 8) + share) >> 8));
                }
            }
        }
        else if (Photometric == Photometric.RGB && IsSeparate)
        {
            for (int i = 0; i < count; i++)
            {
                rgb[3 * i + plane] = Sample(row, i);
            }
        }
        else if (Photometric == Photometric.RGB && Depth == 8 && Samples == 3)
        {
            row[..(3 * count)].CopyTo(rgb);
        }
        else
        {
            int toNext = Photometric == Photometric.RGB ? 1 : 0;
            byte mask = (byte)(Photometric == Photometric.MINISWHITE ? 255 : 0);
            for (int i = 0; i < count; i++)
            {
                int alpha = IsPremultiplied ? Sample(row, i * stride + Colors) : 0;
                rgb[3 * i] = Divide((byte)(Sample(row, i * stride) ^ mask), alpha);
                rgb[3 * i + 1] = Divide((byte)(Sample(row, i * stride + toNext) ^ mask), alpha);
                rgb[3 * i + 2] = Divide((byte)(Sample(row, i * stride + 2 * toNext) ^ mask), alpha);
            }
        }
    }

    /// <summary>An exception about damage to this file.</summary>
    public ImageFormatException Damaged(string what) =>
        new($"'{Name}' is a damaged TIFF image: it {what}; export it again.");

    private ImageFormatException Unsupported(string what) =>
        new($"'{Name}' is a TIFF image with {what}; save it as 8 or 16-bit gray or RGB.");

    private static int Number(Tiff tiff, TiffTag tag, int otherwise)
    {
        FieldValue[]? value = tiff.GetField(tag);
        return value is null ? otherwise : value[0].ToInt();
    }

    // Reverses the multiplication by alpha; where alpha is 0, nothing is left to divide.
    private static byte Divide(byte value, int alpha) =>
        alpha is 0 or 255 ? value : (byte)Math.Min(255, 255 * value / alpha);

    private byte Sample(ReadOnlySpan<byte> row, int index) => Depth switch
    {
        8 => row[index],
        16 => Wide(MemoryMarshal.Cast<byte, ushort>(row)[index]),
        _ => (byte)(Codecs.Samples.Packed(row, index, Depth) * Codecs.Samples.FactorTo8Bits(Depth)),
    };

    private byte Wide(ushort value) => Photometric == Photometric.MINISWHITE
        ? (byte)(255 - _wide.ConvertInverted(value))
        : _wide.Convert(value);

    private void ConvertPalette(ReadOnlySpan<byte> row, int stride, int count, Span<byte> rgb)
    {
        for (int i = 0; i < count; i++)
        {
            int entry = Codecs.Samples.Packed(row, i * stride, Depth);
            Palette.AsSpan(3 * entry, 3).CopyTo(rgb[(3 * i)..]);
        }
    }

    private void ReadPalette(Tiff tiff)
    {
        FieldValue[]? map = tiff.GetField(TiffTag.COLORMAP);
        if (Depth > 8)
        {
            throw Unsupported($"a palette with {Depth} bits per pixel");
        }

        if (map is null || map.Length < 3)
        {
            throw Damaged("has no palette");
        }

        // Palette entries have 16 bits, and their high 8 are used, as other readers do. Some writers fill the low 8
        // only: libtiff takes a palette without a high bit for one of these, because it would be black otherwise.
        int entries = 1 << Depth;
        ushort[][] channels = [.. map[..3].Select(channel => channel.ToUShortArray()[..entries])];
        int shift = channels.All(channel => channel.All(value => value < 256)) ? 0 : 8;
        var palette = new byte[3 * entries];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int i = 0; i < entries; i++)
            {
                palette[3 * i + channel] = (byte)(channels[channel][i] >> shift);
            }
        }

        Palette = palette;
    }

    private static bool HasAlpha(Tiff tiff) =>
        tiff.GetField(TiffTag.EXTRASAMPLES) is [var count, var kinds, ..]
        && count.ToInt() > 0
        && kinds.ToByteArray().Any(kind => kind != (byte)ExtraSample.UNSPECIFIED);

    private void ReadExtraSamples(Tiff tiff)
    {
        FieldValue[]? extra = tiff.GetField(TiffTag.EXTRASAMPLES);
        if (extra is null
            || extra.Length < 2
            || extra[0].ToInt() < 1
            || Samples <= Colors
            || Photometric == Photometric.PALETTE)
        {
            return;
        }

        IsPremultiplied = extra[1].ToByteArray()[0] == (byte)ExtraSample.ASSOCALPHA;
        if (IsPremultiplied && (IsSeparate || Photometric is Photometric.MINISWHITE or Photometric.SEPARATED))
        {
            throw Unsupported("premultiplied alpha stored apart from the colors");
        }
    }
}
