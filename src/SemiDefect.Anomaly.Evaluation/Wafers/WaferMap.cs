namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>
/// A wafer map: the result of the test of each die of a wafer, on the grid of the dies. Immutable and thread-safe.
/// </summary>
public sealed class WaferMap
{
    /// <summary>The state of a place without a die.</summary>
    public const byte None = 0;

    /// <summary>The state of a die that passed.</summary>
    public const byte Pass = 1;

    /// <summary>The state of a die that failed.</summary>
    public const byte Fail = 2;

    /// <summary>No map has more rows or columns.</summary>
    public const int LargestSide = 1024;

    private readonly byte[] _states;

    /// <summary>A map of given states, which are copied.</summary>
    /// <param name="rows">The rows, 1 to <see cref="LargestSide"/>.</param>
    /// <param name="columns">The columns, 1 to <see cref="LargestSide"/>.</param>
    /// <param name="states">rows x columns states, row by row from the top.</param>
    /// <exception cref="SemiDefectException">A size or a state is out of range, or there is no die.</exception>
    public WaferMap(int rows, int columns, ReadOnlySpan<byte> states)
    {
        if (rows is < 1 or > LargestSide || columns is < 1 or > LargestSide)
        {
            throw new SemiDefectException(
                $"A wafer map has 1 to {LargestSide} rows and columns of dies, not {rows} x {columns}.");
        }

        if (states.Length != rows * columns)
        {
            throw new SemiDefectException(
                $"A wafer map of {rows} x {columns} needs {rows * columns} states, got {states.Length}.");
        }

        if (states.IndexOfAnyExceptInRange(None, Fail) is var wrong && wrong >= 0)
        {
            throw new SemiDefectException(
                $"The state {states[wrong]} in row {wrong / columns + 1}, column {wrong % columns + 1} of the map is "
                    + "none of 0 (no die), 1 (pass) and 2 (fail).");
        }

        if (!states.ContainsAnyExcept(None))
        {
            throw new SemiDefectException("The wafer map has no die: all states are 0.");
        }

        (Rows, Columns, _states) = (rows, columns, states.ToArray());
    }

    /// <summary>The number of rows of dies.</summary>
    public int Rows { get; }

    /// <summary>The number of columns of dies.</summary>
    public int Columns { get; }

    /// <summary>Rows x columns states, row by row from the top.</summary>
    public ReadOnlySpan<byte> States => _states;

    /// <summary>The state at a place.</summary>
    public byte this[int row, int column] => _states[row * Columns + column];

    /// <summary>The number of dies; at least 1.</summary>
    public int Dies => _states.Length - _states.AsSpan().Count(None);

    /// <summary>The number of dies that failed.</summary>
    public int Failed => _states.AsSpan().Count(Fail);
}
