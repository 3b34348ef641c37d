using SemiDefect.Anomaly.Imaging.Resampling;

namespace SemiDefect.Anomaly.Imaging.Rendering;

/// <summary>Combines many images into one, in rows from the left. Stateless.</summary>
public static class ContactSheet
{
    /// <summary>
    /// Arranges images in cells of one size on a white background. Images larger than the maximum cell are reduced with
    /// their aspect ratio kept. Smaller ones are not enlarged, and cells are no larger than the largest image.
    /// </summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="columns">Number of cells per row, 1 or more.</param>
    /// <param name="cell">The maximum side length of a cell in pixels, 1 to 4096.</param>
    /// <param name="gap">Number of white pixels between cells, 0 to 256.</param>
    /// <exception cref="ArgumentException">There are no images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public static Image Compose(IReadOnlyList<Image> pictures, int columns, int cell, int gap)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)cell - 1, 4095u, nameof(cell));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)gap, 256u, nameof(gap));
        if (pictures.Count == 0)
        {
            throw new ArgumentException("There are no images to arrange.", nameof(pictures));
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
                picture.Rgb.Slice(3 * y * picture.Width, 3 * picture.Width)
                    .CopyTo(sheet.AsSpan(3 * ((top + y) * width + left)));
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
