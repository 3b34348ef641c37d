using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// Reads the sections of a detector file. The positions of all sections are checked on construction, and the SHA-256 of
/// a section when it is read. Not thread-safe.
/// </summary>
internal sealed class SectionReader
{
    // Far above any feature; the squared distance of 16,384 such values is still a float32.
    private const float LargestValue = 1e16f;

    private readonly FileStream _stream;
    private readonly string _path;
    private readonly long _dataStart;
    private readonly Dictionary<string, SectionRecord> _sections = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <summary>Checks that the sections follow one another and fill the file, with zeros between them.</summary>
    /// <param name="stream">The file, positioned right after its header.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="records">The sections, in their order in the file.</param>
    /// <param name="dataStart">Where the data part starts, in bytes.</param>
    /// <exception cref="DetectorFileException">A section is out of place.</exception>
    public SectionReader(FileStream stream, string path, IEnumerable<SectionRecord> records, long dataStart)
    {
        _stream = stream;
        _path = path;
        _dataStart = dataStart;
        CheckPadding(stream.Position, dataStart);
        long end = 0;
        foreach (SectionRecord section in records)
        {
            bool inOrder = section.Offset == DetectorFileLayout.Align(end)
                && section.Length >= 0
                && section.Length <= stream.Length - dataStart - section.Offset;
            if (!inOrder || !_sections.TryAdd(section.Name, section))
            {
                throw Damaged($"its section '{section.Name}' is misplaced or duplicated");
            }

            end = section.Offset + section.Length;
            CheckPadding(dataStart + end, Math.Min(stream.Length, dataStart + DetectorFileLayout.Align(end)));
        }

        if (dataStart + DetectorFileLayout.Align(end) != stream.Length)
        {
            throw Damaged("its length does not match its sections");
        }
    }

    /// <summary>The section of a name.</summary>
    /// <exception cref="DetectorFileException">There is none.</exception>
    public SectionRecord Find(string name)
    {
        _found.Add(name);
        return _sections.GetValueOrDefault(name) ?? throw Damaged($"its section '{name}' is missing");
    }

    /// <summary>Verifies the checksums of the sections that were not requested.</summary>
    public void CheckRest()
    {
        foreach (SectionRecord other in _sections.Values.Where(section => !_found.Contains(section.Name)))
        {
            CheckContent(other, isFloats: false);
        }
    }

    /// <summary>Maps a section of row-major float32 into memory.</summary>
    public FeatureMatrix Map(SectionRecord section, int rows, int columns)
    {
        CheckContent(section, isFloats: true);

        // The view keeps the mapping alive; the file object may go.
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
            _stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view =
            file.CreateViewAccessor(_dataStart + section.Offset, section.Length, MemoryMappedFileAccess.Read);
        return FeatureMatrix.Over(view.SafeMemoryMappedViewHandle, view.PointerOffset, rows, columns);
    }

    /// <summary>Reads a section as little-endian numbers.</summary>
    public T[] ReadArray<T>(SectionRecord section)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(ReadBytes(section)).ToArray();

    /// <summary>Reads a section.</summary>
    public byte[] ReadBytes(SectionRecord section)
    {
        if (section.Length > Array.MaxLength)
        {
            throw Damaged($"its section '{section.Name}' is too large");
        }

        byte[] content = new byte[section.Length];
        _stream.Position = _dataStart + section.Offset;
        _stream.ReadExactly(content);
        if (Convert.ToHexStringLower(SHA256.HashData(content)) != section.Sha256)
        {
            throw Damaged($"its section '{section.Name}' does not match its checksum");
        }

        return content;
    }

    /// <summary>An exception that says what is wrong with the file.</summary>
    public DetectorFileException Damaged(string what) => DetectorFileException.Damaged(_path, what);

    private void CheckPadding(long start, long end)
    {
        Span<byte> padding = stackalloc byte[DetectorFileLayout.Alignment];
        padding = padding[..(int)Math.Max(0, end - start)];
        _stream.Position = start;
        _stream.ReadExactly(padding);
        if (padding.ContainsAnyExcept((byte)0))
        {
            throw Damaged("it has data between its sections");
        }
    }

    /// <summary>Verifies the checksum of a section without keeping the content; floats must be finite.</summary>
    private void CheckContent(SectionRecord section, bool isFloats)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[Math.Min(section.Length, 1 << 20)];
        bool areFinite = true;
        _stream.Position = _dataStart + section.Offset;
        for (long left = section.Length; left > 0;)
        {
            Span<byte> part = block.AsSpan(0, (int)Math.Min(left, block.Length));
            _stream.ReadExactly(part);
            hash.AppendData(part);
            areFinite &= !isFloats || AreFinite(MemoryMarshal.Cast<byte, float>(part));
            left -= part.Length;
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != section.Sha256)
        {
            throw Damaged($"its section '{section.Name}' does not match its checksum");
        }

        if (!areFinite)
        {
            throw Damaged($"its section '{section.Name}' holds values that are not finite");
        }
    }

    /// <summary>No infinity and no NaN, and nothing whose square overflows: distances stay finite.</summary>
    private static bool AreFinite(ReadOnlySpan<float> values) =>
        MathF.Abs(TensorPrimitives.MaxMagnitude(values)) <= LargestValue;
}
