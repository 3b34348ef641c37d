using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>
/// Reads wafer maps from NumPy's .npy format (versions 1 to 3; NEP 1): rows x columns, or maps x rows x columns, of
/// integers of any size and byte order, in C or Fortran order. Stateless.
/// </summary>
internal static partial class WaferArray
{
    private const int LargestHeader = 1 << 12;
    private const int PrefixLength = 8;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether the content starts like a .npy file.</summary>
    public static bool IsArray(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>Reads.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="mostMaps">The most maps that are read.</param>
    /// <exception cref="SemiDefectException">It is not such an array.</exception>
    public static IReadOnlyList<WaferMap> Read(ReadOnlySpan<byte> bytes, int mostMaps)
    {
        (string header, int start) = HeaderOf(bytes);
        ReadOnlySpan<byte> content = bytes[start..];
        Match match = HeaderPattern().Match(header);
        if (!match.Success)
        {
            throw new SemiDefectException("the header of the .npy file is not that of a plain array.");
        }

        (int size, bool isBig) = TypeOf(match.Groups["descr"].Value);
        int[] shape = ShapeOf(match.Groups["shape"].Value);
        bool isFortran = match.Groups["order"].Value == "True";
        (int maps, int rows, int columns) = shape switch
        {
            [var r, var c] => (1, r, c),
            [var n, var r, var c] => (n, r, c),
            _ => throw new SemiDefectException(
                $"an array of {shape.Length} dimensions; rows x columns or maps x rows x columns is needed."),
        };
        if (maps < 1 || maps > mostMaps || rows is < 1 or > WaferMap.LargestSide
            || columns is < 1 or > WaferMap.LargestSide)
        {
            throw new SemiDefectException(
                $"an array of {string.Join(" x ", shape)}; a map has 1 to {WaferMap.LargestSide} rows and columns, and "
                    + $"a file 1 to {mostMaps} maps.");
        }

        long each = (long)rows * columns;
        if (maps * each * size != content.Length)
        {
            throw new SemiDefectException(
                $"the .npy file holds {content.Length} bytes, and its header says {maps * each * size}.");
        }

        var result = new List<WaferMap>(maps);
        byte[] states = new byte[each];
        for (int map = 0; map < maps; map++)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    long at = isFortran
                        ? map + (long)maps * (row + (long)rows * column)
                        : (map * (long)rows + row) * columns + column;
                    states[row * columns + column] =
                        StateOf(content.Slice((int)(at * size), size), isBig, row, column);
                }
            }

            result.Add(new WaferMap(rows, columns, states));
        }

        return result;
    }

    private static (string Header, int Start) HeaderOf(ReadOnlySpan<byte> bytes)
    {
        const string Cut = "the .npy file ends within its header.";
        if (bytes.Length < PrefixLength)
        {
            throw new SemiDefectException(Cut);
        }

        int version = bytes[6];
        if (version is < 1 or > 3)
        {
            throw new SemiDefectException($"the .npy file has the version {version}; 1 to 3 are understood.");
        }

        int lengthBytes = version == 1 ? 2 : 4;
        if (bytes.Length < PrefixLength + lengthBytes)
        {
            throw new SemiDefectException(Cut);
        }

        uint length = version == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[PrefixLength..])
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[PrefixLength..]);
        int start = PrefixLength + lengthBytes;
        return length > LargestHeader
            ? throw new SemiDefectException(
                $"the header of the .npy file has {length} bytes; at most {LargestHeader} are read.")
            : length > bytes.Length - start
                ? throw new SemiDefectException(Cut)
                : (Encoding.UTF8.GetString(bytes.Slice(start, (int)length)), start + (int)length);
    }

    private static (int Size, bool IsBig) TypeOf(string type) =>
        type is [var order and ('<' or '>' or '|' or '='), var kind and ('i' or 'u' or 'b'), var size]
        && (size is '1' || (kind != 'b' && order != '|' && size is '2' or '4' or '8'))
            ? (size - '0', order == '>')
            : throw new SemiDefectException($"the .npy file holds '{type}'; integers are needed.");

    private static int[] ShapeOf(string text) =>
    [
        .. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size)
                ? size
                : throw new SemiDefectException($"the shape ({text}) of the .npy file cannot be read.")),
    ];

    private static byte StateOf(ReadOnlySpan<byte> value, bool isBig, int row, int column)
    {
        byte lowest = isBig ? value[^1] : value[0];
        ReadOnlySpan<byte> others = isBig ? value[..^1] : value[1..];
        return lowest <= WaferMap.Fail && !others.ContainsAnyExcept((byte)0)
            ? lowest
            : throw new SemiDefectException(
                $"the value in row {row + 1}, column {column + 1} is none of 0 (no die), 1 (pass) and 2 (fail).");
    }

    [GeneratedRegex(
        @"^\s*\{\s*'descr':\s*'(?<descr>[^']{1,8})'\s*,\s*'fortran_order':\s*(?<order>True|False)\s*,"
            + @"\s*'shape':\s*\((?<shape>[0-9, ]{0,64})\)\s*,?\s*\}\s*$")]
    private static partial Regex HeaderPattern();
}
