using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Resampling;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Evaluation.Reports;

/// <summary>Inspects the images of a gallery again and renders them. Stateless.</summary>
internal static class GalleryBuilder
{
    private const int LongestSide = 360;
    private const int PatchSide = 72;

    // A gray veil.
    private static readonly byte[] NotInspected = [96, 96, 96, 160];

    /// <summary>
    /// The rendered images of greatest concern, in that order; every kind of decision gets its share.
    /// </summary>
    public static IReadOnlyList<GalleryItem> Build(
        AnomalyDetector detector,
        ReportContent content,
        CancellationToken cancellationToken)
    {
        ReportImage[] chosen = Choose(content.Images, content.GallerySize);
        var items = new List<GalleryItem>(chosen.Length);
        ImageFolder images = ImageFolder.Of(
            string.Empty,
            [.. chosen.Select(image => new FolderImage(image.FullPath, image.FullPath) { Page = image.Page })])
            .Under(detector.Reading);

        // A file may have been deleted since it was inspected; the report omits it.
        foreach (Inspection inspection
            in detector.InspectAll(images, (_, _) => { }, cancellationToken))
        {
            Image original = images.Read(inspection.Index, cancellationToken);
            items.Add(Draw(detector, content, chosen[inspection.Index], original, inspection));
        }

        return items;
    }

    /// <summary>
    /// Takes the worst remaining image of each kind in turn, so that many escapes do not hide the false alarms.
    /// </summary>
    internal static ReportImage[] Choose(IReadOnlyList<ReportImage> images, int count) =>
    [
        .. InOrder(images.GroupBy(image => image.Sort)
            .SelectMany(sort => InOrder(sort).Select((image, rank) => (Image: image, Rank: rank)))
            .OrderBy(item => item.Rank)
            .ThenByDescending(item => item.Image.Concern)
            .ThenBy(item => item.Image.Path, StringComparer.Ordinal)
            .Take(count).Select(item => item.Image)),
    ];

    private static IOrderedEnumerable<ReportImage> InOrder(IEnumerable<ReportImage> images) =>
        images.OrderByDescending(image => image.Concern).ThenBy(image => image.Path, StringComparer.Ordinal);

    private static GalleryItem Draw(
        AnomalyDetector detector,
        ReportContent content,
        ReportImage image,
        Image original,
        Inspection inspection)
    {
        double scale = Math.Min(1, (double)LongestSide / Math.Max(original.Width, original.Height));
        int width = Math.Max(1, (int)Math.Round(original.Width * scale));
        int height = Math.Max(1, (int)Math.Round(original.Height * scale));
        PatchMatch match = inspection.HighestPatch;
        return new GalleryItem(
            image,
            width,
            height,
            PictureEncoder.Encode(PillowBilinear.Resize(original, width, height)),
            Heat(inspection, width, height))
        {
            Outline = image.Mask is null ? null : Outline(image.Mask, width, height, detector.ImageLimits),
            Patch = Neighborhood(original, match.X, match.Y, inspection.Geometry, match),
            TrainingPatch = TrainingPatch(detector, content.TrainingFolder, match, inspection.Geometry),
            TrainingImage = match.TrainingImage,
        };
    }

    private static string Heat(Inspection inspection, int width, int height)
    {
        AnomalyMap map = inspection.Map;
        int columns = Math.Max(1, width / 2);
        int rows = Math.Max(1, height / 2);
        byte[] rgba = new byte[4 * columns * rows];
        (int left, int top, int across, int down) = inspection.Geometry.Inspected();
        for (int y = 0; y < rows; y++)
        {
            int atY = (int)((2L * y + 1) * map.Height / (2L * rows));
            for (int x = 0; x < columns; x++)
            {
                int atX = (int)((2L * x + 1) * map.Width / (2L * columns));
                Span<byte> pixel = rgba.AsSpan(4 * (y * columns + x));
                if (atX < left || atX >= left + across || atY < top || atY >= top + down)
                {
                    NotInspected.CopyTo(pixel);
                    continue;
                }

                HeatColors.Write(map.Values[atY * map.Width + atX], inspection.PixelThreshold, pixel);
            }
        }

        return PictureEncoder.Encode(columns, rows, rgba);
    }

    private static string? Outline(DefectMask marks, int width, int height, ImageLimits limits)
    {
        byte[] mask;
        try
        {
            (byte[] values, int maskWidth, int maskHeight) = MaskFile.Read(marks, width, height, limits);
            mask = MaskFile.ToNearest(values, maskWidth, maskHeight, width, height);
        }
        catch (SemiDefectException)
        {
            // Already mentioned in the notes of the evaluation.
            return null;
        }

        byte[] rgba = new byte[4 * mask.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool Inside(int atX, int atY) =>
                    atX >= 0 && atY >= 0 && atX < width && atY < height && mask[atY * width + atX] != 0;
                if (!Inside(x, y) && (Inside(x - 1, y) || Inside(x + 1, y) || Inside(x, y - 1) || Inside(x, y + 1)))
                {
                    ReadOnlySpan<byte> color = [0, 229, 255, 255];
                    color.CopyTo(rgba.AsSpan(4 * (y * width + x)));
                }
            }
        }

        return PictureEncoder.Encode(width, height, rgba);
    }

    private static string? TrainingPatch(
        AnomalyDetector detector,
        string? folder,
        PatchMatch match,
        InputGeometry inspected)
    {
        if (folder is null)
        {
            return null;
        }

        try
        {
            Image image = ImageFile.Read(Path.Combine(folder, match.TrainingImage), detector.Reading);
            InputGeometry geometry = detector.Description.Lanes[match.Lane].Views.Canvas(image.Width, image.Height);
            (double x, double y) = match.OnTrainingImage(inspected, detector.Description, image.Width, image.Height);
            return Neighborhood(image, x, y, geometry, match);
        }
        catch (SemiDefectException)
        {
            return null;
        }
    }

    private static string Neighborhood(
        Image image,
        double centerX,
        double centerY,
        InputGeometry geometry,
        PatchMatch match)
    {
        double wanted = match.Neighborhood(geometry);
        int side = Math.Clamp((int)Math.Round(wanted), 1, Math.Min(image.Width, image.Height));
        int left = Math.Clamp((int)Math.Round(centerX - side / 2.0), 0, image.Width - side);
        int top = Math.Clamp((int)Math.Round(centerY - side / 2.0), 0, image.Height - side);
        return PictureEncoder.Encode(PillowBilinear.Resize(Crop(image, left, top, side), PatchSide, PatchSide));
    }

    /// <summary>A square section of an image.</summary>
    internal static Image Crop(Image image, int left, int top, int side)
    {
        byte[] rgb = new byte[3 * side * side];
        for (int y = 0; y < side; y++)
        {
            image.Rgb.Slice(3 * ((top + y) * image.Width + left), 3 * side).CopyTo(rgb.AsSpan(3 * y * side));
        }

        return new Image(side, side, rgb);
    }
}
