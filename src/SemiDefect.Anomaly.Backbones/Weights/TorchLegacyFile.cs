using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// The index of a .pth file as written by torch before version 1.6: pickles of a magic number, a version, facts about
/// the machine, the object and the keys of its storages, followed by the storages, each preceded by its length
/// (pytorch, torch/serialization.py, _legacy_save). Stateless.
/// </summary>
internal static class TorchLegacyFile
{
    private static readonly BigInteger Magic =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Reads the pickles and finds the storages.</summary>
    /// <exception cref="WeightsFormatException">The file violates the format.</exception>
    public static Dictionary<string, WeightTensor> ReadIndex(WeightsSource source)
    {
        using var stream = new WeightsStream(source);
        var reader = new PickleReader(stream, source);
        if (reader.Read() is not BigInteger magic || magic != Magic)
        {
            throw source.Refuse("it is a pickle, but not one that torch wrote");
        }

        if (reader.Read() is not 1001L)
        {
            throw source.Refuse("it has an unknown version of torch's format");
        }

        if (reader.Read() is not Dictionary<string, object?> system
            || system.GetValueOrDefault("little_endian") is false)
        {
            throw source.Refuse("it was not written on a little-endian machine");
        }

        object? root = reader.Read();
        if (reader.Read() is not List<object?> keys)
        {
            throw source.Refuse("it has no list of storages");
        }

        return TorchStateDict.Resolve(root, source, FindStorages(source, reader, keys, stream.Position));
    }

    private static Dictionary<string, long> FindStorages(
        WeightsSource source,
        PickleReader reader,
        List<object?> keys,
        long position)
    {
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (object? item in keys)
        {
            if (item is not string key || !reader.Storages.TryGetValue(key, out TorchStorage? storage))
            {
                throw source.Refuse("it lists a storage that no tensor uses");
            }

            long count = BinaryPrimitives.ReadInt64LittleEndian(source.Read(position, sizeof(long)));
            position += sizeof(long);
            if (count != storage.Count
                || count > (source.Length - position) / Elements.Size(storage.Type)
                || !offsets.TryAdd(key, position))
            {
                throw source.Refuse(
                    "the length of a storage does not match its tensors, or it extends beyond the end of the file");
            }

            position += count * Elements.Size(storage.Type);
        }

        return offsets.Count == reader.Storages.Count ? offsets : throw source.Refuse("a storage is missing");
    }
}
