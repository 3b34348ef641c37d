using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// Reads detector files. Nothing in one is ever run. Every size is checked against the file before memory is taken, and
/// every byte that matters is covered by a SHA-256 that is checked. Bank vectors are memory-mapped, not copied.
/// Thread-safe: nothing is kept.
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
            throw new DetectorFileException(
                $"There is no detector file '{path}': check the path, or make one with 'semidefect fit'.", error);
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
        var read = new HashSet<string>(StringComparer.Ordinal);
        SectionRecord Section(string name)
        {
            read.Add(name);
            return sections.GetValueOrDefault(name) ?? throw Damaged(path, $"its section '{name}' is missing");
        }

        var banks = new List<MemoryBank>();
        try
        {
            BackboneFile?[] networks = ReadNetworks(stream, path, dataStart, document, Section);
            document = ReadMasks(stream, path, dataStart, document, Section);
            for (int i = 0; i < document.Branches.Count; i++)
            {
                banks.Add(ReadBank(stream, path, dataStart, document, Section, i));
            }

            GoldenInput[] golden =
                [
                    .. Enumerable.Range(0, document.Golden.Count)
                        .Select(i => ReadGolden(stream, path, dataStart, document, Section, i))
                ];
            foreach (SectionRecord other in document.Sections.Where(section => !read.Contains(section.Name)))
            {
                CheckContent(stream, dataStart, other, path, isFloats: false);
            }

            return new DetectorBundle(document, networks, banks) { Golden = golden };
        }
        catch
        {
            banks.ForEach(bank => bank.Dispose());
            throw;
        }
    }

    // Lanes of one network share its bytes.
    private static BackboneFile?[] ReadNetworks(
        FileStream stream, string path, long dataStart, DetectorDocument document, Func<string, SectionRecord> section)
    {
        var read = new Dictionary<string, BackboneFile>(StringComparer.Ordinal);
        return [.. document.Lanes.Select(lane =>
        {
            BackboneRecord backbone = lane.Backbone;
            if (!backbone.Included)
            {
                return null;
            }

            if (!read.TryGetValue(backbone.Sha256, out BackboneFile? file))
            {
                byte[] content =
                    ReadBytes(stream, dataStart, section(DetectorFileLayout.Network(backbone.Sha256)), path);
                file = BackboneFile.FromBytes(backbone.Name, content, backbone.Manifest);
                read.Add(backbone.Sha256, file);
            }

            return file.Sha256 == backbone.Sha256
                ? file
                : throw Damaged(path, "its network is not the one that its header names");
        })];
    }

    private static DetectorDocument ReadMasks(
        FileStream stream,
        string path,
        long dataStart,
        DetectorDocument document,
        Func<string, SectionRecord> section) => document with
        {
            Lanes = [.. document.Lanes.Select(lane =>
            {
                if (lane.Views.Region is not { MaskSha256: { } sha256 } region)
                {
                    return lane;
                }

                SectionRecord record = section(DetectorFileLayout.Mask(sha256));
                if (record.Sha256 != sha256)
                {
                    throw Damaged(path, "its mask is not the one that its header names");
                }

                byte[] mask = ReadBytes(stream, dataStart, record, path);
                bool isSized = mask.LongLength == (long)region.Width * region.Height
                    && region.ImageWidth >= (long)region.Left + region.Width
                    && region.ImageHeight >= (long)region.Top + region.Height;
                return isSized
                    ? lane with { Views = lane.Views with { Region = region with { Mask = mask } } }
                    : throw Damaged(path, "its mask is not of the size that its header claims");
            })],
        };

    private static (DetectorDocument Document, long DataStart) ReadHeader(FileStream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[DetectorFileLayout.PrefixLength];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length
            || !prefix.StartsWith(DetectorFileLayout.Magic))
        {
            throw new DetectorFileException($"'{path}' is not a detector file: make one with 'semidefect fit'.");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]);
        if (version is < DetectorFileLayout.FirstVersion or > DetectorFileLayout.Version)
        {
            throw new DetectorFileException(
                $"'{path}' is a detector file of version {version}; this program reads versions "
                    + $"{DetectorFileLayout.FirstVersion} "
                + $"to {DetectorFileLayout.Version}. Update the program, or fit again.");
        }

        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix[16..]);
        long fileLength = BinaryPrimitives.ReadInt64LittleEndian(prefix[24..]);
        if (fileLength != stream.Length
            || headerLength is < 2 or > DetectorFileLayout.LargestHeader
            || headerLength > stream.Length - prefix.Length)
        {
            throw Damaged(path, $"it has {stream.Length} bytes instead of {fileLength}");
        }

        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(prefix[12..]) != 0
            || !SHA256.HashData(header).AsSpan().SequenceEqual(prefix.Slice(32, 32)))
        {
            throw Damaged(path, "its header does not match its checksum");
        }

        try
        {
            DetectorDocument document = version == DetectorFileLayout.FirstVersion
                ? Format1Document.Read(header)
                : ReadManifest(header, path);
            return DetectorDocumentRules.FindFault(document) is { } fault
                ? throw Damaged(path, $"it {fault}")
                : (document, DetectorFileLayout.Align(prefix.Length + headerLength));
        }
        catch (Exception error)
            when (error is JsonException || (error is SemiDefectException and not DetectorFileException))
        {
            // The options refuse impossible values themselves.
            throw new DetectorFileException(
                $"The detector file '{path}' has a header that cannot be understood: fit again.", error);
        }
    }

    private static DetectorDocument ReadManifest(byte[] header, string path)
    {
        DetectorManifest manifest = JsonSerializer.Deserialize(header, DetectorJson.Default.DetectorManifest)
            ?? throw Damaged(path, "its header is empty");
        if (manifest.Components.Any(component => component?.Kind is null || !PlainText.IsName(component.Kind)))
        {
            throw Damaged(path, "it has a component without a kind");
        }

        // Which sections a component has follows from its kind and number; the list is for programs that do not know
        // the kind.
        var sections = manifest.Sections.Select(section => section?.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string name
            in manifest.Components.SelectMany(component => component.Sections).Where(name => !sections.Contains(name)))
        {
            throw Damaged(
                path,
                PlainText.IsName(name)
                    ? $"its section '{name}' is missing"
                    : "a component lists a section that cannot be");
        }

        try
        {
            DetectorDocument document = manifest.ToDocument();
            foreach (LaneRecord lane in document.Lanes)
            {
                lane.Views.Validate();
            }

            return document;
        }
        catch (SemiDefectException error) when (error is not DetectorFileException)
        {
            throw new DetectorFileException(
                $"The detector file '{path}' cannot be used: {error.Message}. Update the program, or fit again.",
                error);
        }
    }

    private static Dictionary<string, SectionRecord> CheckSections(
        FileStream stream,
        string path,
        DetectorDocument document,
        long dataStart)
    {
        if (GrowthRules.FindFault(document) is { } fault)
        {
            throw Damaged(path, $"it {fault}");
        }

        var sections = new Dictionary<string, SectionRecord>(StringComparer.Ordinal);
        CheckPadding(stream, path, stream.Position, dataStart);
        long end = 0;
        foreach (SectionRecord section in document.Sections)
        {
            bool inOrder = section.Offset == DetectorFileLayout.Align(end)
                && section.Length >= 0
                && section.Length <= stream.Length - dataStart - section.Offset;
            if (!inOrder || !sections.TryAdd(section.Name, section))
            {
                throw Damaged(path, $"its section '{section.Name}' is out of place or there twice");
            }

            end = section.Offset + section.Length;
            CheckPadding(
                stream, path, dataStart + end, Math.Min(stream.Length, dataStart + DetectorFileLayout.Align(end)));
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
        Func<string, SectionRecord> section,
        int index)
    {
        BankRecord bank = document.Branches[index].Bank;
        SectionRecord vectors = section(DetectorFileLayout.Vectors(index));
        SectionRecord images = section(DetectorFileLayout.Images(index));
        SectionRecord patches = section(DetectorFileLayout.Patches(index));
        int lane = document.Branches[index].Lane;
        bool sized = bank is { Rows: > 0, Columns: > 0 }
            && bank.Columns == document.Branches.First(branch => branch.Lane == lane).Bank.Columns
            && vectors.Length == (long)bank.Rows * bank.Columns * sizeof(float)
            && images.Length == (long)bank.Rows * sizeof(int)
            && patches.Length == (long)bank.Rows * sizeof(int);
        if (!sized)
        {
            throw Damaged(path, $"memory bank {index} is not of the size that its header claims");
        }

        int[] sourceImages = ReadArray<int>(stream, dataStart, images, path);
        int[] sourcePatches = ReadArray<int>(stream, dataStart, patches, path);
        if (sourceImages.AsSpan().ContainsAnyExceptInRange(0, document.Fit.Images.Count - 1)
            || sourcePatches.AsSpan().ContainsAnyInRange(int.MinValue, -1))
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
        Func<string, SectionRecord> section,
        int index)
    {
        GoldenRecord golden = document.Golden[index];
        DetectorFileException Unsized() =>
            Damaged(path, $"golden image {index} is not of the size that its header claims");
        var pixels = new byte[golden.Lanes.Count][];
        var features = new float[golden.Lanes.Count][];
        for (int lane = 0; lane < golden.Lanes.Count; lane++)
        {
            GoldenLane seen = golden.Lanes[lane];
            SectionRecord picture = section(DetectorFileLayout.GoldenPixels(index, lane));
            SectionRecord vectors = section(DetectorFileLayout.GoldenFeatures(index, lane));
            int columns = document.Branches.First(branch => branch.Lane == lane).Bank.Columns;
            bool sized = seen is { Width: > 0, Height: > 0, Patches.Count: > 0 }
                && (long)seen.Width * seen.Height <= Preprocessor.MaxInputPixels
                && picture.Length == 3L * seen.Width * seen.Height
                && vectors.Length == (long)seen.Patches.Count * columns * sizeof(float)
                && seen.Patches.All(patch => patch >= 0);
            if (!sized)
            {
                throw Unsized();
            }

            pixels[lane] = ReadBytes(stream, dataStart, picture, path);
            features[lane] = ReadArray<float>(stream, dataStart, vectors, path);
        }

        SectionRecord scores = section(DetectorFileLayout.GoldenScores(index));
        bool isKnown = (uint)golden.Image < (uint)document.Fit.Images.Count
            && scores.Length % sizeof(double) == 0
            && scores.Length / sizeof(double) <= Preprocessor.MaxInputPixels;
        return isKnown
            ? new GoldenInput(golden, pixels, features, ReadArray<double>(stream, dataStart, scores, path))
            : throw Unsized();
    }

    private static FeatureMatrix Map(
        FileStream stream,
        string path,
        long dataStart,
        SectionRecord section,
        BankRecord bank)
    {
        CheckContent(stream, dataStart, section, path, isFloats: true);

        // The view keeps the mapping alive; the file object may go.
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view =
            file.CreateViewAccessor(dataStart + section.Offset, section.Length, MemoryMappedFileAccess.Read);
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
    private static void CheckContent(
        FileStream stream,
        long dataStart,
        SectionRecord section,
        string path,
        bool isFloats)
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
    private static bool AreFinite(ReadOnlySpan<float> values) =>
        MathF.Abs(TensorPrimitives.MaxMagnitude(values)) <= LargestValue;

    private static DetectorFileException Damaged(string path, string what) =>
        new($"The detector file '{path}' is damaged: {what}. Copy it again, or fit again.");
}
