using System.Buffers.Binary;
using System.Text;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// The central directory of a zip archive (PKWARE, APPNOTE.TXT, with the 64-bit fields), for archives with uncompressed
/// entries. Stateless.
/// </summary>
internal static class ZipDirectory
{
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const uint EndSignature = 0x06054b50;
    private const uint LocatorSignature = 0x07064b50;
    private const uint End64Signature = 0x06064b50;
    private const int EndLength = 22;
    private const int LocatorLength = 20;
    private const int End64Length = 56;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const int LargestDirectory = 1 << 24;

    /// <summary>Reads the directory and checks that no two entries overlap.</summary>
    /// <exception cref="WeightsFormatException">
    /// The archive is damaged, or an entry is compressed or encrypted.
    /// </exception>
    public static Dictionary<string, ZipEntry> Read(WeightsSource source)
    {
        (long offset, long length) = FindDirectory(source);
        if (length is < 0 or > LargestDirectory || offset < 0 || offset > source.Length - length)
        {
            throw source.Refuse("its directory lies outside the file");
        }

        ReadOnlySpan<byte> directory = source.Read(offset, (int)length);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        var ranges = new List<(long Begin, long End)>();
        while (directory.Length > 0)
        {
            if (directory.Length < EntryLength || BinaryPrimitives.ReadUInt32LittleEndian(directory) != EntrySignature)
            {
                throw source.Refuse("its directory is damaged");
            }

            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
            int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            int total = EntryLength + nameLength + extraLength + commentLength;
            if (total > directory.Length)
            {
                throw source.Refuse("its directory is damaged");
            }

            string name = Encoding.UTF8.GetString(directory.Slice(EntryLength, nameLength));
            (ZipEntry entry, long begin) =
                Locate(source, directory[..total], directory.Slice(EntryLength + nameLength, extraLength));
            ranges.Add((begin, entry.Offset + entry.Length));
            if (!entries.TryAdd(name, entry))
            {
                throw source.Refuse("two of its entries have the same name");
            }

            directory = directory[total..];
        }

        CheckOverlap(source, ranges, offset);
        return entries;
    }

    private static (long Offset, long Length) FindDirectory(WeightsSource source)
    {
        // Only a comment of at most 64 KiB can follow the end record.
        int tailLength = (int)Math.Min(source.Length, EndLength + ushort.MaxValue);
        long tailStart = source.Length - tailLength;
        byte[] tail = source.Read(tailStart, tailLength);
        for (int i = tailLength - EndLength; i >= 0; i--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(i);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) == EndSignature)
            {
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
                uint offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
                return FindDirectory64(source, tailStart + i) ?? (offset, length);
            }
        }

        throw source.Refuse("it is a zip archive without its end, as after an interrupted download");
    }

    private static (long Offset, long Length)? FindDirectory64(WeightsSource source, long endOffset)
    {
        if (endOffset < LocatorLength)
        {
            return null;
        }

        ReadOnlySpan<byte> locator = source.Read(endOffset - LocatorLength, LocatorLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != LocatorSignature)
        {
            return null;
        }

        ReadOnlySpan<byte> end = source.Read(BinaryPrimitives.ReadInt64LittleEndian(locator[8..]), End64Length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != End64Signature)
        {
            throw source.Refuse("its directory is damaged");
        }

        return (BinaryPrimitives.ReadInt64LittleEndian(end[48..]), BinaryPrimitives.ReadInt64LittleEndian(end[40..]));
    }

    private static (ZipEntry Entry, long Begin) Locate(
        WeightsSource source,
        ReadOnlySpan<byte> entry,
        ReadOnlySpan<byte> extra)
    {
        bool encrypted = (BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) & 1) != 0;
        int method = BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]);
        long stored = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]);
        long local = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
        ReadLongFields(extra, ref length, ref stored, ref local);
        if (encrypted || method != 0 || stored != length)
        {
            throw source.Refuse("its entries are compressed or encrypted, which torch does not do");
        }

        ReadOnlySpan<byte> header = source.Read(local, LocalLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature)
        {
            throw source.Refuse("an entry is not where its directory says");
        }

        long content = local + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(header[26..])
            + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (length < 0 || content > source.Length || length > source.Length - content)
        {
            throw source.Refuse("an entry lies outside the file");
        }

        return (new ZipEntry(content, length), local);
    }

    /// <summary>Extra field 1 holds those of the three numbers that do not fit 32 bits, in this order.</summary>
    private static void ReadLongFields(ReadOnlySpan<byte> extra, ref long length, ref long stored, ref long local)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int size = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (id == 1)
            {
                ReadOnlySpan<byte> fields = extra.Slice(4, size);
                Replace(ref length, ref fields);
                Replace(ref stored, ref fields);
                Replace(ref local, ref fields);
                return;
            }

            extra = extra[(4 + size)..];
        }
    }

    private static void Replace(ref long value, ref ReadOnlySpan<byte> fields)
    {
        if (value == uint.MaxValue && fields.Length >= sizeof(long))
        {
            value = BinaryPrimitives.ReadInt64LittleEndian(fields);
            fields = fields[sizeof(long)..];
        }
    }

    private static void CheckOverlap(WeightsSource source, List<(long Begin, long End)> ranges, long directoryOffset)
    {
        ranges.Sort();
        long end = 0;
        foreach ((long begin, long rangeEnd) in ranges)
        {
            if (begin < end || rangeEnd > directoryOffset)
            {
                throw source.Refuse("two of its entries overlap");
            }

            end = rangeEnd;
        }
    }
}
