using BitMiracle.LibTiff.Classic;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Decodes the strips or tiles of TIFF images with JPEG compression and YCbCr colors as JPEG files of their own:
/// LibTiff computes other pixels than libtiff does, which uses the same libjpeg as Skia. Stateless.
/// </summary>
internal static class TiffJpeg
{
    private static readonly byte[] Start = [0xFF, 0xD8];
    private static readonly byte[] End = [0xFF, 0xD9];

    // JFIF 1.1, which says that the colors are YCbCr.
    private static readonly byte[] Jfif =
        [0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    /// <summary>Whether an image is decoded here.</summary>
    public static bool Applies(TiffLayout layout) =>
        layout is { Compression: Compression.JPEG, IsYCbCr: true, IsSeparate: false, Depth: 8, Samples: 3 };

    /// <summary>Decodes all strips or tiles.</summary>
    /// <param name="tiff">The open image.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="limits">The limits on the size of a piece.</param>
    /// <param name="rgb">Receives the pixels.</param>
    /// <exception cref="ImageFormatException">A piece cannot be decoded completely.</exception>
    public static void Read(Tiff tiff, TiffLayout layout, ImageLimits limits, byte[] rgb)
    {
        bool isTiled = tiff.IsTiled();
        int pieceWidth = isTiled ? tiff.GetField(TiffTag.TILEWIDTH)[0].ToInt() : layout.Width;
        int pieceHeight = isTiled
            ? tiff.GetField(TiffTag.TILELENGTH)[0].ToInt()
            : Math.Min(layout.Height, tiff.GetFieldDefaulted(TiffTag.ROWSPERSTRIP)[0].ToInt() is > 0 and var rows
                ? rows
                : layout.Height);
        byte[] tables = tiff.GetField(TiffTag.JPEGTABLES) is [_, var field, ..] ? Bare(field.ToByteArray()) : [];
        int piece = 0;
        for (int y = 0; y < layout.Height; y += pieceHeight)
        {
            for (int x = 0; x < layout.Width; x += pieceWidth, piece++)
            {
                Image image = Decode(tiff, layout, limits, piece, tables);
                int columns = Math.Min(image.Width, layout.Width - x);
                int down = Math.Min(pieceHeight, layout.Height - y);
                if (columns < Math.Min(pieceWidth, layout.Width - x) || image.Height < down)
                {
                    throw layout.Damaged("has pixels that cannot be decompressed");
                }

                for (int i = 0; i < down; i++)
                {
                    image.Rgb.Slice(3 * i * image.Width, 3 * columns)
                        .CopyTo(rgb.AsSpan(3 * ((y + i) * layout.Width + x)));
                }
            }
        }
    }

    private static Image Decode(Tiff tiff, TiffLayout layout, ImageLimits limits, int piece, byte[] tables)
    {
        byte[] raw = new byte[(int)tiff.RawStripSize(piece)];
        int length = tiff.IsTiled()
            ? tiff.ReadRawTile(piece, raw, 0, raw.Length)
            : tiff.ReadRawStrip(piece, raw, 0, raw.Length);
        if (length < Start.Length)
        {
            throw layout.Damaged("has pixels that cannot be decompressed");
        }

        try
        {
            byte[] jpeg = [.. Start, .. Jfif, .. tables, .. Bare(raw[..length]), .. End];
            return new SkiaImageDecoder().Decode(
                jpeg, layout.Name, new ImageReading { Limits = limits }, new WideSamples(null, keepsMarks: false));
        }
        catch (ImageFormatException error)
        {
            throw new ImageFormatException(
                $"'{layout.Name}' is a damaged TIFF image: it has pixels that cannot be decompressed; export it again.",
                error);
        }
    }

    // Without the marks of its start and its end.
    private static byte[] Bare(byte[] jpeg)
    {
        ReadOnlySpan<byte> bare = jpeg;
        bare = bare.StartsWith(Start) ? bare[2..] : bare;
        return [.. bare.EndsWith(End) ? bare[..^2] : bare];
    }
}
