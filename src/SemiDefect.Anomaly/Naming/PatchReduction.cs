using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// Reduces patch vectors to a bounded number of values: as they are if they are short enough, otherwise sums with
/// seeded random signs (Achlioptas 2003), which nearly keep distances. The same on every machine. Immutable and
/// thread-safe.
/// </summary>
internal sealed class PatchReduction
{
    // A constant of the descriptor: another seed would need another version of the file component.
    private const ulong Seed = 0x5EED;

    private readonly sbyte[]? _signs;
    private readonly int _inputs;
    private readonly double _factor;

    /// <summary>A reduction of <paramref name="inputs"/> values to at most <paramref name="most"/>.</summary>
    public PatchReduction(int inputs, int most)
    {
        _inputs = inputs;
        Outputs = Math.Min(inputs, most);
        if (Outputs < inputs)
        {
            var generator = new SeededGenerator(Seed + (ulong)inputs);
            _signs = new sbyte[Outputs * inputs];
            for (int i = 0; i < _signs.Length; i++)
            {
                _signs[i] = generator.NextInt32(2) == 0 ? (sbyte)-1 : (sbyte)1;
            }

            _factor = 1 / Math.Sqrt(inputs);
        }
    }

    /// <summary>The number of values after it.</summary>
    public int Outputs { get; }

    /// <summary>Reduces a vector.</summary>
    public void Apply(ReadOnlySpan<double> vector, Span<double> result)
    {
        if (_signs is null)
        {
            vector.CopyTo(result);
            return;
        }

        for (int output = 0; output < Outputs; output++)
        {
            ReadOnlySpan<sbyte> signs = _signs.AsSpan(output * _inputs, _inputs);
            double sum = 0;
            for (int i = 0; i < signs.Length; i++)
            {
                sum += signs[i] * vector[i];
            }

            result[output] = sum * _factor;
        }
    }
}
