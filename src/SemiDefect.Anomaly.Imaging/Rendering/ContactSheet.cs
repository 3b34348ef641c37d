using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Imaging.Rendering;

/// <summary>Many pictures on one, in rows from the left. Thread-safe: nothing is kept.</summary>
public static class ContactSheet
{
    /// <summary>
    /// Lays pictures out in cells of one size on a white ground. Pictures larger than a cell may be are reduced, aspect kept; smaller ones
    /// are not enlarged, and cells are no larger than the largest picture.
    /// </summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="columns">Cells per row, 1 or more.</param>
    /// <param name="cell">The longest side that a cell may have, in pixels, 1 to 4096.</param>
    /// <param name="gap">White pixels between cells, 0 to 256.</param>
    /// <exception cref="ArgumentException">There are no pictures.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public static Image Compose(IReadOnlyList<Image> pictures, int columns, int cell, int gap)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)cell - 1, 4095u, nameof(cell));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)gap, 256u, nameof(gap));
        if (pictures.Count == 0)
        {
            throw new ArgumentException("There is no picture to lay out.", nameof(pictures));
        }

        columns = Math.Min(columns, pictures.Count);
        int rows = (pictures.Count + columns - 1) / columns;
        Image[] fitted = [.. pictures.Select(picture => Fit(picture, cell))];
        int cellWidth = fitted.Max(picture => picture.Width);
        int cellHeight = fitted.Max(picture => picture.Height);
        int width = columns * cellWidth + (columns - 1) * gap;
        int height = rows * cellHeight + (rows - 1) * gap;
        byte[] sheet = new byte[checked(3 * width * height)];
        sheet.AsSpan().Fill(255);
        for (int i = 0; i < fitted.Length; i++)
        {
            Image picture = fitted[i];
            int left = i % columns * (cellWidth + gap) + (cellWidth - picture.Width) / 2;
            int top = i / columns * (cellHeight + gap) + (cellHeight - picture.Height) / 2;
            for (int y = 0; y < picture.Height; y++)
            {
                picture.Rgb.Slice(3 * y * picture.Width, 3 * picture.Width).CopyTo(sheet.AsSpan(3 * ((top + y) * width + left)));
            }
        }

        return new Image(width, height, sheet);
    }

    private static Image Fit(Image picture, int cell)
    {
        int longer = Math.Max(picture.Width, picture.Height);
        return longer <= cell
            ? picture
            : PillowBilinear.Resize(
                picture,
                Math.Max(1, (int)((long)picture.Width * cell / longer)),
                Math.Max(1, (int)((long)picture.Height * cell / longer)));
    }
}
