using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Search.Numerics;

/// <summary>
/// Reads and writes NumPy's .npy format (versions 1 and 2, little-endian, row-major; NEP 1). Object arrays, which would
/// need pickle, are rejected. Stateless.
/// </summary>
public static partial class NpyFile
{
    private const int LargestHeader = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array of <typeparamref name="T"/>: byte, int, long, float or double.</summary>
    /// <returns>The shape, and the values in row-major order.</returns>
    /// <exception cref="SemiDefectException">The file is not such an array, or cannot be read.</exception>
    public static (int[] Shape, T[] Values) Read<T>(string path)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            RegularFile.Require(path);
            using FileStream stream = File.OpenRead(path);
            return Read<T>(stream, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read '{path}': {error.Message}", error);
        }
    }

    /// <summary>Writes an array in C order, version 1.0.</summary>
    /// <exception cref="ArgumentException">The shape does not match the number of values.</exception>
    public static void Write<T>(Stream stream, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stream);
        WriteHeader<T>(stream, shape);
        long count = 1;
        foreach (int size in shape)
        {
            count *= size;
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"The shape asks for {count} values, got {values.Length}.", nameof(shape));
        }

        stream.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Writes only the header, for content that is written in pieces.</summary>
    public static void WriteHeader<T>(Stream stream, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stream);
        var text = new StringBuilder($"{{'descr': '{Descriptor<T>()}', 'fortran_order': False, 'shape': (");
        foreach (int size in shape)
        {
            text.Append(CultureInfo.InvariantCulture, $"{size}, ");
        }

        text.Append("), }");

        // Magic, version and length take 10 bytes; the content must start at a multiple of 64.
        text.Append(' ', 63 - (10 + text.Length) % 64).Append('\n');
        Span<byte> prefix = stackalloc byte[10];
        Magic.CopyTo(prefix);
        prefix[6] = 1;
        prefix[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[8..], (ushort)text.Length);
        stream.Write(prefix);
        stream.Write(Encoding.ASCII.GetBytes(text.ToString()));
    }

    private static (int[] Shape, T[] Values) Read<T>(Stream stream, string name)
        where T : unmanaged
    {
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        if (!prefix.StartsWith(Magic) || prefix[6] is < 1 or > 2)
        {
            throw new SemiDefectException($"'{name}' is not a .npy file of version 1 or 2.");
        }

        Span<byte> lengthBytes = stackalloc byte[4];
        lengthBytes.Clear();
        stream.ReadExactly(prefix[6] == 1 ? lengthBytes[..2] : lengthBytes);
        uint headerLength = BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (headerLength > LargestHeader)
        {
            throw new SemiDefectException(
                $"'{name}' claims a header of {headerLength} bytes; at most {LargestHeader} are read.");
        }

        byte[] headerBytes = new byte[headerLength];
        stream.ReadExactly(headerBytes);
        Match match = HeaderPattern().Match(Encoding.ASCII.GetString(headerBytes));
        if (!match.Success || match.Groups["order"].Value != "False")
        {
            throw new SemiDefectException(
                $"'{name}' has an unsupported header: a plain array in C order is required.");
        }

        if (match.Groups["descr"].Value != Descriptor<T>())
        {
            throw new SemiDefectException(
                $"'{name}' holds '{match.Groups["descr"].Value}', but '{Descriptor<T>()}' is needed.");
        }

        return ReadContent<T>(stream, name, match.Groups["shape"].Value);
    }

    private static (int[] Shape, T[] Values) ReadContent<T>(Stream stream, string name, string shapeText)
        where T : unmanaged
    {
        string[] sizes = shapeText.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int[] shape = new int[sizes.Length];
        long count = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (!int.TryParse(sizes[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw new SemiDefectException($"'{name}' has an unreadable shape ({shapeText}).");
            }

            count = shape[i] == 0 ? 0 : count > Array.MaxLength ? count : count * shape[i];
        }

        // Check against the file size before allocating anything.
        if (count > Array.MaxLength || count * Marshal.SizeOf<T>() != stream.Length - stream.Position)
        {
            throw new SemiDefectException($"'{name}' does not hold the ({shapeText}) values that its header claims.");
        }

        var values = new T[count];
        const int Block = 1 << 24;
        for (int start = 0; start < values.Length; start += Math.Min(Block, values.Length - start))
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(Block, values.Length - start))));
        }

        return (shape, values);
    }

    private static string Descriptor<T>() =>
        typeof(T) == typeof(float) ? "<f4"
        : typeof(T) == typeof(double) ? "<f8"
        : typeof(T) == typeof(int) ? "<i4"
        : typeof(T) == typeof(long) ? "<i8"
        : typeof(T) == typeof(byte) ? "|u1"
        : throw new NotSupportedException($"The .npy format does not support {typeof(T)} here.");

    [GeneratedRegex(
        @"^\s*\{\s*'descr':\s*'(?<descr>[^']+)'\s*,\s*'fortran_order':\s*(?<order>True|False)\s*,"
            + @"\s*'shape':\s*\((?<shape>[0-9, ]*)\)\s*,?\s*\}\s*$")]
    private static partial Regex HeaderPattern();
}
