namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// The named tensors of a .safetensors or torch .pth file; the format is detected from the content. Only the index is
/// read immediately. Thread-safe. The owner disposes it, which closes the file; its tensors cannot be read afterwards.
/// </summary>
internal sealed class WeightsFile : IDisposable
{
    private readonly WeightsSource _source;

    private WeightsFile(WeightsSource source, IReadOnlyDictionary<string, WeightTensor> tensors)
    {
        _source = source;
        Tensors = tensors;
    }

    /// <summary>The name of the file, for messages.</summary>
    public string Name => _source.Name;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>Opens a file and reads its index. No code in the file is ever executed.</summary>
    /// <exception cref="WeightsFormatException">
    /// The file has another format, is damaged, or holds more than plain tensors.
    /// </exception>
    public static WeightsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = new WeightsSource(path);
        try
        {
            return new WeightsFile(source, ReadIndex(source));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    private static Dictionary<string, WeightTensor> ReadIndex(WeightsSource source)
    {
        byte[] start = source.Read(0, (int)Math.Min(9, source.Length));
        if (start.AsSpan().StartsWith("PK\x3\x4"u8))
        {
            return TorchZipFile.ReadIndex(source);
        }

        if (start.Length > 1 && start[0] == 0x80 && start[1] is >= 2 and <= 5)
        {
            return TorchLegacyFile.ReadIndex(source);
        }

        if (start.Length == 9 && start[8] == '{')
        {
            return SafetensorsFile.ReadIndex(source);
        }

        throw new WeightsFormatException(
            $"'{source.Name}' is neither a .safetensors nor a torch .pth file: give one of these, saved from a state "
                + "dict.");
    }
}
