using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace SemiDefect.Anomaly.Imaging.Codecs;

/// <summary>
/// Decodes TIFF and little-endian BigTIFF with LibTiff: strips or tiles, gray, RGB or palette, 1 to 16 bits, every
/// compression that LibTiff supports, and Zstandard and WebP; gray of floating point, with a window. Stateless.
/// </summary>
internal sealed class TiffImageDecoder : IImageDecoder
{
    // Tiles may extend beyond the image, but not to many times its area.
    private const long SpareTilePixels = 1 << 24;

    public bool Recognizes(ReadOnlySpan<byte> bytes) => TiffDirectory.HasMagic(bytes);

    public ImageFileInfo Describe(ReadOnlySpan<byte> bytes, string name) => TiffDirectory.Describe(bytes, name);

    public Image Decode(ReadOnlyMemory<byte> bytes, string name, ImageReading reading, WideSamples wide)
    {
        (long directory, int orientation, int compression) = TiffDirectory.Find(bytes.Span, name, reading);
        using TiffMessages.Tally messages = TiffMessages.Count();
        try
        {
            if (TiffRecoder.Applies(compression))
            {
                bytes = TiffRecoder.Recode(bytes, directory, name, reading);
            }

            using Tiff? tiff = Tiff.ClientOpen(name, "r", bytes, new MemoryTiffStream(bytes));
            if (tiff is null || (reading.Page > 1 && !tiff.SetSubDirectory(directory)))
            {
                throw new ImageFormatException(
                    $"'{name}' is a damaged TIFF image: its header cannot be read; export it again.");
            }

            TiffLayout layout = TiffLayout.Read(tiff, name, reading, wide);
            CheckPieces(tiff, layout, bytes.Length);
            messages.Errors = 0;
            messages.Warnings = 0;
            byte[] rgb = new byte[3 * layout.Width * layout.Height];
            if (TiffJpeg.Applies(layout))
            {
                TiffJpeg.Read(tiff, layout, reading.Limits, rgb);
                return Orientation.Apply(layout.Width, layout.Height, rgb, orientation);
            }

            float[] values = layout.IsFloat ? new float[layout.Width * layout.Height] : [];
            int planes = layout.IsSeparate ? layout.Colors : 1;
            for (int plane = 0; plane < planes; plane++)
            {
                int of = plane;
                RowReceiver receiver = layout.IsFloat
                    ? (row, x, y, count) =>
                        MemoryMarshal.Cast<byte, float>(row)[..count].CopyTo(values.AsSpan(y * layout.Width + x))
                    : (row, x, y, count) => layout.Convert(row, of, count, rgb.AsSpan(3 * (y * layout.Width + x)));
                if (tiff.IsTiled())
                {
                    ReadTiles(tiff, layout, plane, receiver);
                }
                else
                {
                    ReadRows(tiff, layout, plane, receiver);
                }
            }

            // These codecs fill missing pixels with gray or white, and only warn.
            bool fills = layout.Compression is Compression.JPEG
                or Compression.OJPEG
                or Compression.CCITTFAX3
                or Compression.CCITTFAX4
                or Compression.CCITTRLE
                or Compression.CCITTRLEW;
            if (messages.Errors > 0 || (fills && messages.Warnings > 0))
            {
                throw layout.Damaged("has pixels that cannot be decompressed");
            }

            if (layout.IsFloat)
            {
                TiffFloats.Convert(values, reading.Intensity, layout, rgb);
            }

            return Orientation.Apply(layout.Width, layout.Height, rgb, orientation);
        }
        catch (Exception error) when (error is not (ImageFormatException or OutOfMemoryException))
        {
            // Damaged files can make LibTiff throw anything: index out of range, null reference, invalid cast.
            throw new ImageFormatException(
                $"'{name}' is a damaged TIFF image: it cannot be decompressed; export it again.", error);
        }
    }

    private static void CheckPieces(Tiff tiff, TiffLayout layout, int fileLength)
    {
        FieldValue[]? lengths = tiff.GetField(tiff.IsTiled() ? TiffTag.TILEBYTECOUNTS : TiffTag.STRIPBYTECOUNTS);
        if (lengths is null)
        {
            throw layout.Damaged("has no pixels");
        }

        foreach (long length in (long[])lengths[0].Value)
        {
            if (length < 0 || length > fileLength)
            {
                throw layout.Damaged("ends too early");
            }
        }

        if (tiff.IsTiled())
        {
            long width = tiff.GetField(TiffTag.TILEWIDTH)[0].ToInt();
            long height = tiff.GetField(TiffTag.TILELENGTH)[0].ToInt();
            bool possible = width is > 0 and <= 2 * ImageLimits.MaxSide && height is > 0 and <= 2 * ImageLimits.MaxSide;
            if (!possible
                || RoundUp(layout.Width, width) * RoundUp(layout.Height, height) > 4L * layout.Width * layout.Height
                    + SpareTilePixels)
            {
                throw layout.Damaged("has tiles of an impossible size");
            }
        }
    }

    private static long RoundUp(long size, long step) => (size + step - 1) / step * step;

    private delegate void RowReceiver(ReadOnlySpan<byte> row, int x, int y, int count);

    private static void ReadRows(Tiff tiff, TiffLayout layout, int plane, RowReceiver receiver)
    {
        byte[] row = new byte[RowBytes(layout, layout.Width, tiff.ScanlineSize())];
        for (int y = 0; y < layout.Height; y++)
        {
            if (!tiff.ReadScanline(row, y, (short)plane))
            {
                throw layout.Damaged("has pixels that cannot be decompressed");
            }

            receiver(row, 0, y, layout.Width);
        }
    }

    private static void ReadTiles(Tiff tiff, TiffLayout layout, int plane, RowReceiver receiver)
    {
        int tileWidth = tiff.GetField(TiffTag.TILEWIDTH)[0].ToInt();
        int tileHeight = tiff.GetField(TiffTag.TILELENGTH)[0].ToInt();
        int rowBytes = RowBytes(layout, tileWidth, tiff.TileRowSize());
        byte[] tile = new byte[checked(rowBytes * tileHeight)];
        for (int y = 0; y < layout.Height; y += tileHeight)
        {
            for (int x = 0; x < layout.Width; x += tileWidth)
            {
                if (tiff.ReadTile(tile, 0, x, y, 0, (short)plane) != tile.Length)
                {
                    throw layout.Damaged("has pixels that cannot be decompressed");
                }

                int columns = Math.Min(tileWidth, layout.Width - x);
                int rows = Math.Min(tileHeight, layout.Height - y);
                for (int i = 0; i < rows; i++)
                {
                    receiver(tile.AsSpan(i * rowBytes, rowBytes), x, y + i, columns);
                }
            }
        }
    }

    // LibTiff's own value must agree with what is read from the row.
    private static int RowBytes(TiffLayout layout, int pixels, int stored)
    {
        long bits = (long)pixels * layout.Depth * (layout.IsSeparate ? 1 : layout.Samples);
        return stored == (bits + 7) / 8 ? stored : throw layout.Damaged("has rows of an impossible size");
    }
}
