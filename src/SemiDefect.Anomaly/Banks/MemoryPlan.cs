using System.Globalization;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Search.Coresets;

namespace SemiDefect.Anomaly.Banks;

/// <summary>
/// How a fit stays within a memory limit. The plan affects the memory bank of large data sets, so it depends on the
/// requested limit only, never on the machine. Immutable.
/// </summary>
/// <param name="Bytes">The limit for the patch embeddings and everything derived from them; the network and the images
/// being processed come on top.</param>
/// <param name="Banks">The memory banks that the detector keeps.</param>
/// <param name="IsWhitened">Whether each bank is kept whitened as well.</param>
internal sealed record MemoryPlan(long Bytes, int Banks = 1, bool IsWhitened = false)
{
    /// <summary>The default limit in bytes.</summary>
    public const long Default = 8L << 30;

    private const long Least = 64L << 20;

    // Memory that a search or a selection needs per row besides the row: projections to 64 and 32 values, bounds,
    // order.
    private const int IndexBytesPerRow = 440;

    // A fold's bank copies most rows, and a bank may be as large as the set that it is selected from.
    private const int CopiesOfRows = 4;

    // The union of the pieces' selections (twice the bank), the part of it without a fold, the bank, and a fold's bank.
    private const int CopiesOfBank = 6;

    // A fold's bank is whitened as well while it is in use.
    private int FurtherCopies => Banks - 1 + (IsWhitened ? Banks + 1 : 0);

    private int CopiesOfBanks => CopiesOfBank + FurtherCopies;

    /// <summary>The plan for one lane of a fit.</summary>
    /// <param name="options">The options of the fit.</param>
    /// <param name="held">The size of the memory banks of earlier lanes, in bytes.</param>
    /// <exception cref="SemiDefectException">The remaining memory is too small.</exception>
    public static MemoryPlan Of(FitOptions options, long held)
    {
        long left = options.MaxMemory - held;
        return left >= Least
            ? new MemoryPlan(left, options.FoldBanks ? options.Folds : 1, options.Whitening)
            : throw new SemiDefectException(
                $"The memory banks of the first branches leave {ByteSize.Format(Math.Max(left, 0))} of "
                    + $"{ByteSize.Format(options.MaxMemory)} "
                + "for the others: keep fewer patches (--coreset), or allow more memory (--max-memory "
                    + $"{ByteSize.Format(options.MaxMemory + Least)}).");
    }

    /// <summary>Returns the number of bytes if it is large enough.</summary>
    /// <exception cref="SemiDefectException">It is too small.</exception>
    public static long Checked(long bytes) =>
        bytes >= Least
            ? bytes
            : throw new SemiDefectException(
                $"The memory allowed must be 64MiB or more, not {ByteSize.Format(Math.Max(bytes, 0))}.");

    /// <summary>The maximum number of rows in memory at a time.</summary>
    public int RowsAtOnce(int columns) => (int)Math.Clamp(Bytes / CopiesOfRows / BytesPerRow(columns), 1, int.MaxValue);

    /// <summary>
    /// The same, for a set whose size is known beforehand: a memory bank that is too large is refused before any work
    /// is done.
    /// </summary>
    /// <param name="columns">Values per row.</param>
    /// <param name="kept">Values per row of the bank: fewer if the rows are projected.</param>
    /// <param name="expectedRows">The number of rows.</param>
    /// <param name="coreset">The size of the bank.</param>
    /// <exception cref="SemiDefectException">There are too many rows, or the bank is too large.</exception>
    public int RowsAtOnce(int columns, int kept, long expectedRows, CoresetOptions coreset)
    {
        RequireBankFits(coreset, expectedRows, kept);
        return RowsAtOnce(columns);
    }

    /// <summary>Checks work that needs all rows in memory.</summary>
    /// <param name="columns">Values per row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="images">The number of images that they come from.</param>
    /// <exception cref="SemiDefectException">There are too many rows.</exception>
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
    /// Checks again when all features are known: with images of several sizes, the estimate from the first may be too
    /// low.
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
            // The size of a bank with a covering radius is not known beforehand.
            return;
        }

        // The copies of the rows account for one bank; further copies of banks are kept in addition.
        long bank = coreset.TargetCount((int)rows);
        long whole = CopiesOfRows * rows + bank * FurtherCopies;
        long inPieces = bank * CopiesOfBanks;
        bool fits = rows <= RowsAtOnce(columns);
        long room = Bytes / BytesPerRow(columns);
        if ((fits ? whole : inPieces) > room)
        {
            double most = fits ? (double)(room - CopiesOfRows * rows) / FurtherCopies : (double)room / CopiesOfBanks;
            string share =
                Math.Max(Math.Floor(1e6 * most / rows) / 1e6, 1e-6).ToString("0.######", CultureInfo.InvariantCulture);
            string enough = ByteSize.Format((inPieces < CopiesOfRows * rows ? inPieces : whole) * BytesPerRow(columns));
            throw new SemiDefectException(
                $"{(Banks == 1 ? "A memory bank" : $"{Banks} memory banks")} of {bank} patches of {columns} values "
                    + $"cannot be selected within {ByteSize.Format(Bytes)}: keep fewer patches "
                    + $"(--coreset {share} fits), or allow more memory (--max-memory {enough}).");
        }
    }

    private static long BytesPerRow(int columns) => (long)columns * sizeof(float) + IndexBytesPerRow;
}
