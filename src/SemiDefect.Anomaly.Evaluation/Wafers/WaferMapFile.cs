using System.Text;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>
/// Reads wafer maps (docs/wafers.md): .npy arrays of integers, text and csv matrices, lists of dies (x, y, bin),
/// exported rows of WM-811K, and small PNG files. Whatever is not understood is refused, and nothing is guessed.
/// Stateless.
/// </summary>
public static class WaferMapFile
{
    private const long LargestFile = 64 << 20;
    private const int MostMaps = 100_000;

    /// <summary>The endings of files of maps, in lower case, with the period.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        Array.AsReadOnly<string>([".csv", ".npy", ".png", ".tsv", ".txt"]);

    /// <summary>Whether the path has one of <see cref="Extensions"/>, in upper or lower case.</summary>
    public static bool HasExtension(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());
    }

    /// <summary>Reads all maps of a file.</summary>
    /// <param name="path">A file of at most 64 MiB, with at most 100,000 maps.</param>
    /// <returns>One map or more, in the order of the file.</returns>
    /// <exception cref="SemiDefectException">
    /// The file cannot be read or is not understood; the message is one line and says what is wrong.
    /// </exception>
    public static IReadOnlyList<NamedWaferMap> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = ImageFile.ReadBytes(path, new ImageLimits(maxFileBytes: LargestFile));
        return Decode(bytes, path);
    }

    /// <summary>Reads all maps of the content of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="path">The name of the file; its ending says the format of what is no PNG and no .npy.</param>
    /// <exception cref="SemiDefectException">It is not understood.</exception>
    public static IReadOnlyList<NamedWaferMap> Decode(ReadOnlyMemory<byte> bytes, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string name = Path.GetFileNameWithoutExtension(path);
        try
        {
            if (bytes.Length > LargestFile)
            {
                throw new SemiDefectException($"the file has more than {LargestFile >> 20} MiB: split it.");
            }

            if (WaferArray.IsArray(bytes.Span))
            {
                return Number(name, WaferArray.Read(bytes.Span, MostMaps));
            }

            if (bytes.Span.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
            {
                return [new NamedWaferMap(name, null, WaferPicture.Read(bytes, path))];
            }

            string text = TextOf(bytes.Span);
            return WaferRows.Read(text, path, MostMaps) is { } rows
                ? [.. rows.Select(row => row with { Name = $"{name}-{row.Name}" })]
                : [new NamedWaferMap(name, null, WaferText.Read(text))];
        }
        catch (SemiDefectException error) when (!error.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new SemiDefectException($"'{path}' is no wafer map that is understood: {error.Message}", error);
        }
    }

    private static IReadOnlyList<NamedWaferMap> Number(string name, IReadOnlyList<WaferMap> maps) =>
        maps.Count == 1
            ? [new NamedWaferMap(name, null, maps[0])]
            : [.. maps.Select((map, i) => new NamedWaferMap($"{name}-{i:D6}", null, map))];

    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw new SemiDefectException("the file is empty.");
        }

        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
            return text.Contains('\0', StringComparison.Ordinal)
                ? throw new SemiDefectException("it is neither text nor PNG nor .npy.")
                : text;
        }
        catch (DecoderFallbackException error)
        {
            throw new SemiDefectException("it is neither UTF-8 text nor PNG nor .npy.", error);
        }
    }
}
