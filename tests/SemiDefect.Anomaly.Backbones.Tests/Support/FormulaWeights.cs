using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Support;

/// <summary>State dicts filled by the formula of Golden/README.md.</summary>
internal static class FormulaWeights
{
    public static string GoldenPath(string fileName) =>
        Path.Combine(Repository.Root, "tests/SemiDefect.Anomaly.Backbones.Tests/Golden", fileName);

    public static IReadOnlyList<NamedTensor> StateDict(string architecture, Func<string, bool>? wanted = null) =>
        [.. File.ReadLines(GoldenPath($"{architecture}.parameters.txt"))
            .Select(line => line.Split(' '))
            .Where(parts => wanted?.Invoke(parts[0]) ?? true)
            .Select(parts => new NamedTensor(parts[0], Shape(parts[1]), () => Parameter(parts[0], Shape(parts[1]))))];

    /// <summary>Without the head, and without the residual layers after the last tap.</summary>
    public static IReadOnlyList<NamedTensor> StateDict(string architecture, IEnumerable<string> taps)
    {
        int lastLayer = taps.Where(tap => tap.StartsWith("layer", StringComparison.Ordinal))
            .Select(tap => tap["layer".Length] - '0')
            .DefaultIfEmpty(9).Max();
        return StateDict(architecture, name =>
            name.StartsWith("layer", StringComparison.Ordinal)
                ? name["layer".Length] - '0' <= lastLayer
                : !name.StartsWith("fc.", StringComparison.Ordinal)
                    && !name.StartsWith("classifier.", StringComparison.Ordinal));
    }

    public static float[] Input(int images, int side)
    {
        double[] values = Fill("input", images * 3 * side * side);
        return [.. values.Select(value => (float)(4 * value))];
    }

    public static float[] Parameter(string name, int[] shape)
    {
        double[] values = Fill(name, shape.Aggregate(1, (product, size) => product * size));
        double fan = shape.Skip(1).Aggregate(1.0, (product, size) => product * size);
        double scale = 2 * Math.Sqrt(3 / fan);
        float[] result = new float[values.Length];
        bool variance = name.EndsWith("running_var", StringComparison.Ordinal);
        bool weight = name.EndsWith("weight", StringComparison.Ordinal);
        bool matrix = shape.Length >= 2;
        for (int i = 0; i < result.Length; i++)
        {
            double v = values[i];
            result[i] = (float)(variance ? 1 + 0.4 * Math.Abs(v) : matrix ? v * scale : weight ? 1 + 0.2 * v : 0.2 * v);
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double[] Fill(string name, int count)
    {
        uint crc = Crc32.HashToUInt32(Encoding.ASCII.GetBytes(name));
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            uint u = unchecked((uint)i * 2654435761u + crc);
            u = unchecked((u ^ (u >> 16)) * 0x45d9f3bu);
            u ^= u >> 16;
            values[i] = u / 4294967296.0 - 0.5;
        }

        return values;
    }

    private static int[] Shape(string text) =>
        [.. text.Split('x').Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
}
