using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// Reads detector files. Nothing in one is ever run. Every size is checked against the file before memory is taken, and every byte
/// that matters is covered by a SHA-256 that is checked. Bank vectors are memory-mapped, not copied. Thread-safe: nothing is kept.
/// </summary>
internal static class DetectorFileReader
{
    // Far above any feature; the squared distance of 16,384 such values is still a float32.
    private const float LargestValue = 1e16f;

    public static DetectorBundle Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return Read(stream, path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DetectorFileException($"There is no detector file '{path}': check the path, or make one with 'semidefect fit'.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DetectorFileException($"Cannot read the detector file '{path}': {error.Message}", error);
        }
    }

    private static DetectorBundle Read(FileStream stream, string path)
    {
        (DetectorDocument document, long dataStart) = ReadHeader(stream, path);
        Dictionary<string, SectionRecord> sections = CheckSections(stream, path, document, dataStart);
        BackboneFile? backbone = null;
        if (document.Backbone.Included)
        {
            byte[] content = ReadBytes(stream, dataStart, Find(sections, DetectorFileLayout.BackboneSection, path), path);
            backbone = BackboneFile.FromBytes(document.Backbone.Name, content, document.Backbone.Manifest);
            if (backbone.Sha256 != document.Backbone.Sha256)
            {
                throw Damaged(path, "its network is not the one that its header names");
            }
        }

        var banks = new List<MemoryBank>();
        try
        {
            for (int i = 0; i < document.Banks.Count; i++)
            {
                banks.Add(ReadBank(stream, path, dataStart, document, sections, i));
            }

            GoldenInput[] golden = [.. Enumerable.Range(0, document.Golden.Count).Select(i => ReadGolden(stream, path, dataStart, document, sections, i))];
            foreach (SectionRecord other in document.Sections.Where(section => !IsKnown(section.Name, document)))
            {
                CheckContent(stream, dataStart, other, path, isFloats: false);
            }

            return new DetectorBundle(document, backbone, banks) { Golden = golden };
        }
        catch
        {
            banks.ForEach(bank => bank.Dispose());
            throw;
        }
    }

    private static (DetectorDocument Document, long DataStart) ReadHeader(FileStream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[DetectorFileLayout.PrefixLength];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length || !prefix.StartsWith(DetectorFileLayout.Magic))
        {
            throw new DetectorFileException($"'{path}' is not a detector file: make one with 'semidefect fit'.");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]);
        if (version != DetectorFileLayout.Version)
        {
            throw new DetectorFileException($"'{path}' is a detector file of version {version}; this program reads version {DetectorFileLayout.Version}. Update the program, or fit again.");
        }

        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix[16..]);
        long fileLength = BinaryPrimitives.ReadInt64LittleEndian(prefix[24..]);
        if (fileLength != stream.Length || headerLength is < 2 or > DetectorFileLayout.LargestHeader || headerLength > stream.Length - prefix.Length)
        {
            throw Damaged(path, $"it has {stream.Length} bytes instead of {fileLength}");
        }

        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(prefix[12..]) != 0 || !SHA256.HashData(header).AsSpan().SequenceEqual(prefix.Slice(32, 32)))
        {
            throw Damaged(path, "its header does not match its checksum");
        }

        try
        {
            DetectorDocument document = JsonSerializer.Deserialize(header, DetectorJson.Default.DetectorDocument)
                ?? throw Damaged(path, "its header is empty");
            return DetectorDocumentRules.FindFault(document) is { } fault
                ? throw Damaged(path, $"it {fault}")
                : (document, DetectorFileLayout.Align(prefix.Length + headerLength));
        }
        catch (Exception error) when (error is JsonException || (error is SemiDefectException and not DetectorFileException))
        {
            // The options refuse impossible values themselves.
            throw new DetectorFileException($"The detector file '{path}' has a header that cannot be understood: fit again.", error);
        }
    }

    private static Dictionary<string, SectionRecord> CheckSections(FileStream stream, string path, DetectorDocument document, long dataStart)
    {
        if (document.Banks.Count is < 1 or > DetectorFileLayout.LargestBankCount)
        {
            throw Damaged(path, "it claims an impossible number of memory banks");
        }

        if (GrowthRules.FindFault(document) is { } fault)
        {
            throw Damaged(path, $"it {fault}");
        }

        var sections = new Dictionary<string, SectionRecord>(StringComparer.Ordinal);
        CheckPadding(stream, path, stream.Position, dataStart);
        long end = 0;
        foreach (SectionRecord section in document.Sections)
        {
            bool inOrder = section.Offset == DetectorFileLayout.Align(end) && section.Length >= 0 && section.Length <= stream.Length - dataStart - section.Offset;
            if (!inOrder || !sections.TryAdd(section.Name, section))
            {
                throw Damaged(path, $"its section '{section.Name}' is out of place or there twice");
            }

            end = section.Offset + section.Length;
            CheckPadding(stream, path, dataStart + end, Math.Min(stream.Length, dataStart + DetectorFileLayout.Align(end)));
        }

        if (dataStart + DetectorFileLayout.Align(end) != stream.Length)
        {
            throw Damaged(path, "its sections do not fill it");
        }

        return sections;
    }

    private static void CheckPadding(FileStream stream, string path, long start, long end)
    {
        Span<byte> padding = stackalloc byte[DetectorFileLayout.Alignment];
        padding = padding[..(int)Math.Max(0, end - start)];
        stream.Position = start;
        stream.ReadExactly(padding);
        if (padding.ContainsAnyExcept((byte)0))
        {
            throw Damaged(path, "there is something between its sections");
        }
    }

    private static MemoryBank ReadBank(
        FileStream stream,
        string path,
        long dataStart,
        DetectorDocument document,
        Dictionary<string, SectionRecord> sections,
        int index)
    {
        BankRecord bank = document.Banks[index];
        SectionRecord vectors = Find(sections, DetectorFileLayout.Vectors(index), path);
        SectionRecord images = Find(sections, DetectorFileLayout.Images(index), path);
        SectionRecord patches = Find(sections, DetectorFileLayout.Patches(index), path);
        bool sized = bank is { Rows: > 0, Columns: > 0 }
            && bank.Columns == document.Banks[0].Columns
            && vectors.Length == (long)bank.Rows * bank.Columns * sizeof(float)
            && images.Length == (long)bank.Rows * sizeof(int)
            && patches.Length == (long)bank.Rows * sizeof(int);
        if (!sized)
        {
            throw Damaged(path, $"memory bank {index} is not of the size that its header claims");
        }

        int[] sourceImages = ReadArray<int>(stream, dataStart, images, path);
        int[] sourcePatches = ReadArray<int>(stream, dataStart, patches, path);
        if (sourceImages.AsSpan().ContainsAnyExceptInRange(0, document.Fit.Images.Count - 1) || sourcePatches.AsSpan().ContainsAnyInRange(int.MinValue, -1))
        {
            throw Damaged(path, $"memory bank {index} names images that it was not made of");
        }

        return new MemoryBank(Map(stream, path, dataStart, vectors, bank), sourceImages, sourcePatches);
    }

    private static GoldenInput ReadGolden(
        FileStream stream,
        string path,
        long dataStart,
        DetectorDocument document,
        Dictionary<string, SectionRecord> sections,
        int index)
    {
        GoldenRecord golden = document.Golden[index];
        SectionRecord pixels = Find(sections, DetectorFileLayout.GoldenPixels(index), path);
        SectionRecord features = Find(sections, DetectorFileLayout.GoldenFeatures(index), path);
        SectionRecord scores = Find(sections, DetectorFileLayout.GoldenScores(index), path);
        bool sized = golden is { Width: > 0, Height: > 0, GridWidth: > 0, GridHeight: > 0, Patches.Count: > 0 }
            && (uint)golden.Image < (uint)document.Fit.Images.Count
            && (long)golden.Width * golden.Height <= Preprocessor.MaxInputPixels
            && pixels.Length == 3L * golden.Width * golden.Height
            && features.Length == (long)golden.Patches.Count * document.Banks[0].Columns * sizeof(float)
            && (long)golden.GridWidth * golden.GridHeight <= Preprocessor.MaxInputPixels
            && scores.Length == (long)golden.GridWidth * golden.GridHeight * sizeof(double)
            && golden.Patches.All(patch => (uint)patch < (uint)(golden.GridWidth * golden.GridHeight));
        return sized
            ? new GoldenInput(
                golden,
                ReadBytes(stream, dataStart, pixels, path),
                ReadArray<float>(stream, dataStart, features, path),
                ReadArray<double>(stream, dataStart, scores, path))
            : throw Damaged(path, $"golden image {index} is not of the size that its header claims");
    }

    private static FeatureMatrix Map(FileStream stream, string path, long dataStart, SectionRecord section, BankRecord bank)
    {
        CheckContent(stream, dataStart, section, path, isFloats: true);

        // The view keeps the mapping alive; the file object may go.
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = file.CreateViewAccessor(dataStart + section.Offset, section.Length, MemoryMappedFileAccess.Read);
        return FeatureMatrix.Over(view.SafeMemoryMappedViewHandle, view.PointerOffset, bank.Rows, bank.Columns);
    }

    private static T[] ReadArray<T>(FileStream stream, long dataStart, SectionRecord section, string path)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(ReadBytes(stream, dataStart, section, path)).ToArray();

    private static byte[] ReadBytes(FileStream stream, long dataStart, SectionRecord section, string path)
    {
        if (section.Length > Array.MaxLength)
        {
            throw Damaged(path, $"its section '{section.Name}' is larger than can be");
        }

        byte[] content = new byte[section.Length];
        stream.Position = dataStart + section.Offset;
        stream.ReadExactly(content);
        if (Convert.ToHexStringLower(SHA256.HashData(content)) != section.Sha256)
        {
            throw Damaged(path, $"its section '{section.Name}' does not match its checksum");
        }

        return content;
    }

    /// <summary>Holds a section against its checksum without keeping it; floats must be finite.</summary>
    private static void CheckContent(FileStream stream, long dataStart, SectionRecord section, string path, bool isFloats)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[Math.Min(section.Length, 1 << 20)];
        bool areFinite = true;
        stream.Position = dataStart + section.Offset;
        for (long left = section.Length; left > 0;)
        {
            Span<byte> part = block.AsSpan(0, (int)Math.Min(left, block.Length));
            stream.ReadExactly(part);
            hash.AppendData(part);
            areFinite &= !isFloats || AreFinite(MemoryMarshal.Cast<byte, float>(part));
            left -= part.Length;
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != section.Sha256)
        {
            throw Damaged(path, $"its section '{section.Name}' does not match its checksum");
        }

        if (!areFinite)
        {
            throw Damaged(path, $"its section '{section.Name}' holds values that are no numbers");
        }
    }

    /// <summary>No infinity and no NaN, and nothing whose square overflows: distances stay finite.</summary>
    private static bool AreFinite(ReadOnlySpan<float> values) => MathF.Abs(TensorPrimitives.MaxMagnitude(values)) <= LargestValue;

    private static bool IsKnown(string name, DetectorDocument document) =>
        name == DetectorFileLayout.BackboneSection
            ? document.Backbone.Included
            : Enumerable.Range(0, document.Banks.Count).Any(bank =>
                name == DetectorFileLayout.Vectors(bank) || name == DetectorFileLayout.Images(bank) || name == DetectorFileLayout.Patches(bank))
            || Enumerable.Range(0, document.Golden.Count).Any(golden =>
                name == DetectorFileLayout.GoldenPixels(golden) || name == DetectorFileLayout.GoldenFeatures(golden) || name == DetectorFileLayout.GoldenScores(golden));

    private static SectionRecord Find(Dictionary<string, SectionRecord> sections, string name, string path) =>
        sections.GetValueOrDefault(name) ?? throw Damaged(path, $"its section '{name}' is missing");

    private static DetectorFileException Damaged(string path, string what) =>
        new($"The detector file '{path}' is damaged: {what}. Copy it again, or fit again.");
}
