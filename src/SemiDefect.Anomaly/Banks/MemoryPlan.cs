using System.Globalization;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// How a fit stays below a number of bytes. What is decided here decides the memory bank of large sets, so it hangs on
/// the
/// number asked for and never on the machine. Immutable.
/// </summary>
/// <param name="Bytes">What the patch embeddings and everything that is made of them may take; the network and the
/// images in flight come on top.</param>
/// <param name="Banks">The memory banks that the detector keeps.</param>
internal sealed record MemoryPlan(long Bytes, int Banks = 1)
{
    /// <summary>What is allowed where nothing else is asked for.</summary>
    public const long Default = 8L << 30;

    private const long Least = 64L << 20;

    // What a search or a selection keeps per row beside the row: images of 64 and of 32 numbers, bounds and order.
    private const int IndexBytesPerRow = 440;

    // A fold's bank takes a copy of most rows, and a bank may be as large as what it is picked from.
    private const int CopiesOfRows = 4;

    // The union of the pieces' picks (twice the bank), the part of it that a fold leaves, the bank, and a fold's bank.
    private const int CopiesOfBank = 6;

    private int CopiesOfBanks => CopiesOfBank + Banks - 1;

    /// <summary>The plan of a lane of a fit.</summary>
    /// <param name="options">The options of the fit.</param>
    /// <param name="held">What the memory banks of earlier lanes take, in bytes.</param>
    /// <exception cref="SemiDefectException">They leave too little.</exception>
    public static MemoryPlan Of(FitOptions options, long held)
    {
        long left = options.MaxMemory - held;
        return left >= Least
            ? new MemoryPlan(left, options.FoldBanks ? options.Folds : 1)
            : throw new SemiDefectException(
                $"The memory banks of the first branches leave {ByteSize.Format(Math.Max(left, 0))} of "
                    + $"{ByteSize.Format(options.MaxMemory)} "
                + "for the others: keep fewer patches (--coreset), or allow more memory (--max-memory "
                    + $"{ByteSize.Format(options.MaxMemory + Least)}).");
    }

    /// <summary>The number of bytes, if it is enough to work with.</summary>
    /// <exception cref="SemiDefectException">It is not.</exception>
    public static long Checked(long bytes) =>
        bytes >= Least
            ? bytes
            : throw new SemiDefectException(
                $"The memory allowed must be 64MiB or more, not {ByteSize.Format(Math.Max(bytes, 0))}.");

    /// <summary>The most rows that may be in memory together.</summary>
    public int RowsAtOnce(int columns) => (int)Math.Clamp(Bytes / CopiesOfRows / BytesPerRow(columns), 1, int.MaxValue);

    /// <summary>
    /// The same, for a set whose size can be told beforehand: a memory bank that could not be picked is refused before
    /// any work is done.
    /// </summary>
    /// <exception cref="SemiDefectException">There are too many rows, or the bank is too large.</exception>
    public int RowsAtOnce(int columns, long expectedRows, CoresetOptions coreset)
    {
        RequireBankFits(coreset, expectedRows, columns);
        return RowsAtOnce(columns);
    }

    /// <summary>For work that needs all rows in memory.</summary>
    /// <param name="columns">Values per row.</param>
    /// <param name="rows">The rows that there are.</param>
    /// <param name="images">The images that they come from.</param>
    /// <exception cref="SemiDefectException">There are too many.</exception>
    public void RequireAll(int columns, long rows, int images)
    {
        int most = RowsAtOnce(columns);
        if (rows > most)
        {
            throw new SemiDefectException(
                $"The {rows} patches of {images} new images do not fit {ByteSize.Format(Bytes)}: update with "
                    + $"{Math.Max(1, images * (long)most / rows)} images at a time, or allow more memory (--max-memory "
                    + $"{ByteSize.Format(rows * CopiesOfRows * BytesPerRow(columns))}).");
        }
    }

    /// <summary>
    /// Looks again once all features are there: images of several sizes may be more than the first one led to expect.
    /// </summary>
    /// <exception cref="SemiDefectException">The bank is too large.</exception>
    public void RequireRoom(TrainingFeatures features, CoresetOptions coreset) =>
        RequireBankFits(coreset, features.Rows, features.Columns);

    private void RequireBankFits(CoresetOptions coreset, long rows, int columns)
    {
        if (rows > int.MaxValue)
        {
            throw new SemiDefectException(
                $"{rows} patches are more than a fit can take ({int.MaxValue}): give fewer or smaller images.");
        }

        if (coreset.Fraction is null && coreset.Count is null)
        {
            // A covering radius does not tell beforehand how many rows it takes.
            return;
        }

        // The copies of the rows allow for one bank; each further one is kept beside them.
        long bank = coreset.TargetCount((int)rows);
        long whole = CopiesOfRows * rows + bank * (Banks - 1);
        long inPieces = bank * CopiesOfBanks;
        bool fits = rows <= RowsAtOnce(columns);
        long room = Bytes / BytesPerRow(columns);
        if ((fits ? whole : inPieces) > room)
        {
            double most = fits ? (double)(room - CopiesOfRows * rows) / (Banks - 1) : (double)room / CopiesOfBanks;
            string share =
                Math.Max(Math.Floor(1e6 * most / rows) / 1e6, 1e-6).ToString("0.######", CultureInfo.InvariantCulture);
            string enough = ByteSize.Format((inPieces < CopiesOfRows * rows ? inPieces : whole) * BytesPerRow(columns));
            throw new SemiDefectException(
                $"{(Banks == 1 ? "A memory bank" : $"{Banks} memory banks")} of {bank} patches of {columns} values "
                    + $"cannot be picked within {ByteSize.Format(Bytes)}: keep fewer patches (--coreset {share} fits), "
                    + $"or allow more memory (--max-memory {enough}).");
        }
    }

    private static long BytesPerRow(int columns) => (long)columns * sizeof(float) + IndexBytesPerRow;
}
