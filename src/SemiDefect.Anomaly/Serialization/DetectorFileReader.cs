using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// Reads detector files. Nothing in a file is executed. Every size is checked against the file before memory is
/// allocated, and every byte that affects a result is covered by a SHA-256 that is verified. Bank vectors are
/// memory-mapped, not copied. Stateless and thread-safe.
/// </summary>
internal static class DetectorFileReader
{
    public static DetectorBundle Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            RegularFile.Require(path);
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
        if (GrowthRules.FindFault(document) is { } fault)
        {
            throw DetectorFileException.Damaged(path, $"it {fault}");
        }

        var sections = new SectionReader(stream, path, document.Sections, dataStart);
        var banks = new List<MemoryBank>();
        try
        {
            BackboneFile?[] networks = ReadNetworks(document, sections);
            document = ReadWhitenings(ReadProjections(ReadMasks(document, sections), sections), sections);
            document = ReadNames(document, sections);
            for (int i = 0; i < document.Branches.Count; i++)
            {
                banks.Add(ReadBank(document, sections, i));
            }

            GoldenInput[] golden =
                [.. Enumerable.Range(0, document.Golden.Count).Select(i => ReadGolden(document, sections, i))];
            sections.CheckRest();
            return new DetectorBundle(document, networks, banks) { Golden = golden };
        }
        catch
        {
            banks.ForEach(bank => bank.Dispose());
            throw;
        }
    }

    // Lanes with the same network share its bytes.
    private static BackboneFile?[] ReadNetworks(DetectorDocument document, SectionReader sections)
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
                byte[] content = sections.ReadBytes(sections.Find(DetectorFileLayout.Network(backbone.Sha256)));
                file = BackboneFile.FromBytes(backbone.Name, content, backbone.Manifest);
                read.Add(backbone.Sha256, file);
            }

            return file.Sha256 == backbone.Sha256
                ? file
                : throw sections.Damaged("its network is not the one that its header names");
        })];
    }

    private static DetectorDocument ReadMasks(DetectorDocument document, SectionReader sections) =>
        document with
        {
            Lanes = [.. document.Lanes.Select(lane =>
            {
                if (lane.Views.Region is not { MaskSha256: { } sha256 } region)
                {
                    return lane;
                }

                SectionRecord record = sections.Find(DetectorFileLayout.Mask(sha256));
                if (record.Sha256 != sha256)
                {
                    throw sections.Damaged("its mask is not the one that its header names");
                }

                byte[] mask = sections.ReadBytes(record);
                bool isSized = mask.LongLength == (long)region.Width * region.Height
                    && region.ImageWidth >= (long)region.Left + region.Width
                    && region.ImageHeight >= (long)region.Top + region.Height;
                return isSized
                    ? lane with { Views = lane.Views with { Region = region with { Mask = mask } } }
                    : throw sections.Damaged("its mask is not of the size that its header claims");
            })],
        };

    private static DetectorDocument ReadProjections(DetectorDocument document, SectionReader sections) =>
        document with
        {
            Lanes = [.. document.Lanes.Select((lane, i) =>
            {
                if (lane.Projection is not { } projection)
                {
                    return lane;
                }

                SectionRecord record = sections.Find(DetectorFileLayout.Projection(i));
                int columns = document.Branches.First(branch => branch.Lane == i).Bank.Columns;
                float[] matrix = projection.Outputs == columns
                    && projection.Inputs >= 1
                    && record.Length == (long)projection.Inputs * columns * sizeof(float)
                    && record.Sha256 == projection.Sha256
                    ? sections.ReadArray<float>(record)
                    : throw sections.Damaged($"the projection of lane {i} is not the one that its header claims");
                return matrix.All(value => Math.Abs(value) <= ProjectionRecord.LargestValue)
                    ? lane with { Projection = projection with { Matrix = matrix } }
                    : throw sections.Damaged($"the projection of lane {i} holds a value that is out of range");
            })],
        };

    private static DetectorDocument ReadWhitenings(DetectorDocument document, SectionReader sections) =>
        document with
        {
            Lanes = [.. document.Lanes.Select((lane, i) =>
            {
                if (lane.Whitening is not { } whitening)
                {
                    return lane;
                }

                SectionRecord record = sections.Find(DetectorFileLayout.Whitening(i));
                int columns = document.Branches.First(branch => branch.Lane == i).Bank.Columns;
                float[] matrix = whitening.Dimension == columns
                    && record.Length == (long)columns * columns * sizeof(float)
                    && record.Sha256 == whitening.Sha256
                    ? sections.ReadArray<float>(record)
                    : throw sections.Damaged($"the whitening of lane {i} is not the one that its header claims");

                // No singular value of a whitening exceeds 1 / sqrt(shrinkage); larger values could overflow.
                double most = 1.001 / Math.Sqrt(whitening.Shrinkage);
                return matrix.All(value => Math.Abs(value) <= most)
                    ? lane with { Whitening = whitening with { Matrix = matrix } }
                    : throw sections.Damaged($"the whitening of lane {i} holds a value that is out of range");
            })],
        };

    private static DetectorDocument ReadNames(DetectorDocument document, SectionReader sections)
    {
        if (document.Names is not { } names)
        {
            return document;
        }

        SectionRecord record = sections.Find(DetectorFileLayout.Names);
        double[] weights = AnomalyDetector.NamesFit(document)
            && record.Length == names.LengthOf * sizeof(double)
            && record.Sha256 == names.Sha256
            ? sections.ReadArray<double>(record)
            : throw sections.Damaged("the names of defects are not those that its header claims");
        return weights.All(value => Math.Abs(value) <= NamesRecord.LargestWeight)
            ? document with { Names = names with { Weights = weights } }
            : throw sections.Damaged("the names of defects hold a weight that is out of range");
    }

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
            throw DetectorFileException.Damaged(path, $"it has {stream.Length} bytes instead of {fileLength}");
        }

        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(prefix[12..]) != 0
            || !SHA256.HashData(header).AsSpan().SequenceEqual(prefix.Slice(32, 32)))
        {
            throw DetectorFileException.Damaged(path, "its header does not match its checksum");
        }

        try
        {
            DetectorDocument document = version == DetectorFileLayout.FirstVersion
                ? Format1Document.Read(header)
                : ReadManifest(header, path);
            return DetectorDocumentRules.FindFault(document) is { } fault
                ? throw DetectorFileException.Damaged(path, $"it {fault}")
                : (document, DetectorFileLayout.Align(prefix.Length + headerLength));
        }
        catch (Exception error)
            when (error is JsonException || (error is SemiDefectException and not DetectorFileException))
        {
            // The options themselves reject invalid values.
            throw new DetectorFileException(
                $"The detector file '{path}' has an invalid header: fit again.", error);
        }
    }

    private static DetectorDocument ReadManifest(byte[] header, string path)
    {
        DetectorManifest manifest = JsonSerializer.Deserialize(header, DetectorJson.Default.DetectorManifest)
            ?? throw DetectorFileException.Damaged(path, "its header is empty");
        if (manifest.Components.Any(component => component?.Kind is null || !PlainText.IsName(component.Kind)))
        {
            throw DetectorFileException.Damaged(path, "it has a component without a kind");
        }

        // The sections of a component follow from its kind and index; the list is for programs that do not know the
        // kind.
        var sections = manifest.Sections.Select(section => section?.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string name
            in manifest.Components.SelectMany(component => component.Sections).Where(name => !sections.Contains(name)))
        {
            throw DetectorFileException.Damaged(
                path,
                PlainText.IsName(name)
                    ? $"its section '{name}' is missing"
                    : "a component lists a section with an invalid name");
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

    private static MemoryBank ReadBank(DetectorDocument document, SectionReader sections, int index)
    {
        BankRecord bank = document.Branches[index].Bank;
        SectionRecord vectors = sections.Find(DetectorFileLayout.Vectors(index));
        SectionRecord images = sections.Find(DetectorFileLayout.Images(index));
        SectionRecord patches = sections.Find(DetectorFileLayout.Patches(index));
        int lane = document.Branches[index].Lane;
        bool sized = bank is { Rows: > 0, Columns: > 0 }
            && bank.Columns == document.Branches.First(branch => branch.Lane == lane).Bank.Columns
            && vectors.Length == (long)bank.Rows * bank.Columns * sizeof(float)
            && images.Length == (long)bank.Rows * sizeof(int)
            && patches.Length == (long)bank.Rows * sizeof(int);
        if (!sized)
        {
            throw sections.Damaged($"memory bank {index} is not of the size that its header claims");
        }

        int[] sourceImages = sections.ReadArray<int>(images);
        int[] sourcePatches = sections.ReadArray<int>(patches);
        if (sourceImages.AsSpan().ContainsAnyExceptInRange(0, document.Fit.Images.Count - 1)
            || sourcePatches.AsSpan().ContainsAnyInRange(int.MinValue, -1))
        {
            throw sections.Damaged($"memory bank {index} refers to images that do not exist");
        }

        return new MemoryBank(sections.Map(vectors, bank.Rows, bank.Columns), sourceImages, sourcePatches);
    }

    private static GoldenInput ReadGolden(DetectorDocument document, SectionReader sections, int index)
    {
        GoldenRecord golden = document.Golden[index];
        DetectorFileException Unsized() =>
            sections.Damaged($"golden image {index} is not of the size that its header claims");
        var pixels = new byte[golden.Lanes.Count][];
        var features = new float[golden.Lanes.Count][];
        for (int lane = 0; lane < golden.Lanes.Count; lane++)
        {
            GoldenLane seen = golden.Lanes[lane];
            SectionRecord picture = sections.Find(DetectorFileLayout.GoldenPixels(index, lane));
            SectionRecord vectors = sections.Find(DetectorFileLayout.GoldenFeatures(index, lane));
            int columns = document.Branches.First(branch => branch.Lane == lane).Bank.Columns;
            bool sized = seen is { Width: > 0, Height: > 0, Patches.Count: > 0 }
                && (long)seen.Width * seen.Height <= InputGeometry.MaxInputPixels
                && picture.Length == 3L * seen.Width * seen.Height
                && vectors.Length == (long)seen.Patches.Count * columns * sizeof(float)
                && seen.Patches.All(patch => patch >= 0);
            if (!sized)
            {
                throw Unsized();
            }

            pixels[lane] = sections.ReadBytes(picture);
            features[lane] = sections.ReadArray<float>(vectors);
        }

        SectionRecord scores = sections.Find(DetectorFileLayout.GoldenScores(index));
        bool isKnown = (uint)golden.Image < (uint)document.Fit.Images.Count
            && scores.Length % sizeof(double) == 0
            && scores.Length / sizeof(double) <= InputGeometry.MaxInputPixels;
        return isKnown
            ? new GoldenInput(golden, pixels, features, sections.ReadArray<double>(scores))
            : throw Unsized();
    }
}
