using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Serialization;

/// <summary>
/// Writes detector files. The bytes depend on the detector only, not on time, machine or path. Stateless and
/// thread-safe.
/// </summary>
internal static class DetectorFileWriter
{
    private const int BlockLength = 1 << 22;

    /// <summary>
    /// Writes a file; <paramref name="beforeReplacing"/> runs when it is complete, before it replaces the old one.
    /// </summary>
    public static void Write(string path, DetectorBundle bundle, Action? beforeReplacing = null)
    {
        List<(string Name, Action<Action<ReadOnlyMemory<byte>>> Emit)> sections = Sections(bundle);
        var records = new List<SectionRecord>();
        long offset = 0;
        foreach ((string name, Action<Action<ReadOnlyMemory<byte>>> emit) in sections)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long length = 0;
            emit(block =>
            {
                hash.AppendData(block.Span);
                length += block.Length;
            });
            records.Add(new SectionRecord(name, offset, length, Convert.ToHexStringLower(hash.GetHashAndReset())));
            offset = DetectorFileLayout.Align(offset + length);
        }

        DetectorManifest manifest = DetectorManifest.Of(bundle.Document with { Sections = records });
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(manifest, DetectorJson.Default.DetectorManifest);
        long dataStart = DetectorFileLayout.Align(DetectorFileLayout.PrefixLength + header.Length);
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(Prefix(header, dataStart + offset));
                stream.Write(header);
                PadTo(stream, dataStart);
                for (int i = 0; i < sections.Count; i++)
                {
                    PadTo(stream, dataStart + records[i].Offset);
                    sections[i].Emit(block => stream.Write(block.Span));
                }

                PadTo(stream, dataStart + offset);
            },
            beforeReplacing: beforeReplacing);
    }

    private static List<(string Name, Action<Action<ReadOnlyMemory<byte>>> Emit)> Sections(DetectorBundle bundle)
    {
        var sections = new List<(string, Action<Action<ReadOnlyMemory<byte>>>)>();
        var written = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < bundle.Networks.Count; i++)
        {
            LaneRecord lane = bundle.Document.Lanes[i];
            if (lane.Backbone.Included && bundle.Networks[i] is { } network && written.Add(network.Sha256))
            {
                sections.Add((DetectorFileLayout.Network(network.Sha256), write => write(network.Content)));
            }

            if (lane.Projection is { } projection)
            {
                sections.Add((DetectorFileLayout.Projection(i), write => write(LittleEndian(projection.Matrix))));
            }

            if (lane.Whitening is { } whitening)
            {
                sections.Add((DetectorFileLayout.Whitening(i), write => write(LittleEndian(whitening.Matrix))));
            }

            if (lane.Views.Region is { MaskSha256: { } sha256 } region && written.Add(sha256))
            {
                sections.Add((DetectorFileLayout.Mask(sha256), write => write(region.Mask)));
            }
        }

        for (int i = 0; i < bundle.Banks.Count; i++)
        {
            MemoryBank bank = bundle.Banks[i];
            sections.Add((DetectorFileLayout.Vectors(i), write => EmitVectors(bank.Vectors, write)));
            sections.Add((DetectorFileLayout.Images(i), write => write(LittleEndian(bank.SourceImages))));
            sections.Add((DetectorFileLayout.Patches(i), write => write(LittleEndian(bank.SourcePatches))));
        }

        if (bundle.Document.Names is { } names)
        {
            sections.Add((DetectorFileLayout.Names, write => write(LittleEndian(names.Weights))));
        }

        for (int i = 0; i < bundle.Golden.Count; i++)
        {
            GoldenInput golden = bundle.Golden[i];
            for (int lane = 0; lane < golden.Pixels.Count; lane++)
            {
                byte[] pixels = golden.Pixels[lane];
                float[] features = golden.Features[lane];
                sections.Add((DetectorFileLayout.GoldenPixels(i, lane), write => write(pixels)));
                sections.Add((DetectorFileLayout.GoldenFeatures(i, lane), write => write(LittleEndian(features))));
            }

            sections.Add((DetectorFileLayout.GoldenScores(i), write => write(LittleEndian(golden.PatchScores))));
        }

        return sections;
    }

    /// <summary>Yields the vectors of a bank, row by row, little-endian, in blocks.</summary>
    public static void EmitVectors(FeatureMatrix vectors, Action<ReadOnlyMemory<byte>> write)
    {
        int rowsPerBlock = Math.Max(1, BlockLength / (vectors.Columns * sizeof(float)));
        byte[] block = new byte[rowsPerBlock * vectors.Columns * sizeof(float)];
        for (int row = 0; row < vectors.Rows; row += rowsPerBlock)
        {
            int count = Math.Min(rowsPerBlock, vectors.Rows - row);
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes((ReadOnlySpan<float>)vectors.RowBlock(row, count));
            bytes.CopyTo(block);
            write(block.AsMemory(0, bytes.Length));
        }
    }

    private static byte[] LittleEndian<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    private static byte[] Prefix(byte[] header, long fileLength)
    {
        byte[] prefix = new byte[DetectorFileLayout.PrefixLength];
        DetectorFileLayout.Magic.CopyTo(prefix);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix.AsSpan(8), DetectorFileLayout.Version);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(16), header.Length);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(24), fileLength);
        SHA256.HashData(header, prefix.AsSpan(32));
        return prefix;
    }

    private static void PadTo(Stream stream, long position)
    {
        Span<byte> zeros = stackalloc byte[DetectorFileLayout.Alignment];
        zeros.Clear();
        stream.Write(zeros[..(int)(position - stream.Position)]);
    }
}
