using System.Text;

namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// The index of a .pth file as written by torch since version 1.6: a zip archive of uncompressed entries with the
/// pickled object in FOLDER/data.pkl and each storage in FOLDER/data/KEY. Stateless.
/// </summary>
internal static class TorchZipFile
{
    /// <summary>Reads the pickle and finds the storages.</summary>
    /// <exception cref="WeightsFormatException">The file violates the format.</exception>
    public static Dictionary<string, WeightTensor> ReadIndex(WeightsSource source)
    {
        Dictionary<string, ZipEntry> entries = ZipDirectory.Read(source);
        string[] pickles =
            [.. entries.Keys.Where(name => name == "data.pkl" || name.EndsWith("/data.pkl", StringComparison.Ordinal))];
        if (pickles is not [string pickle])
        {
            throw source.Refuse("it is a zip archive, but not one that torch wrote: there must be one data.pkl in it");
        }

        string folder = pickle[..^"data.pkl".Length];
        if (entries.TryGetValue($"{folder}byteorder", out ZipEntry order)
            && (order.Length > 16
                || Encoding.ASCII.GetString(source.Read(order.Offset, (int)order.Length)) != "little"))
        {
            throw source.Refuse("it was not written on a little-endian machine");
        }

        using var stream = new WeightsStream(source, entries[pickle].Offset, entries[pickle].Length);
        var reader = new PickleReader(stream, source);
        object? root = reader.Read();
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (TorchStorage storage in reader.Storages.Values)
        {
            if (!entries.TryGetValue($"{folder}data/{storage.Key}", out ZipEntry entry)
                || entry.Length / Elements.Size(storage.Type) < storage.Count)
            {
                throw source.Refuse("a storage is missing or shorter than its tensors say");
            }

            offsets[storage.Key] = entry.Offset;
        }

        return TorchStateDict.Resolve(root, source, offsets);
    }
}
