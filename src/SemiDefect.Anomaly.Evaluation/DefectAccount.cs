using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation;

/// <summary>The answer for one abnormal image, and what explains it. Immutable and thread-safe.</summary>
public sealed record DefectAccount
{
    // Around a defect, in pixels.
    private const int Ring = 4;

    /// <summary>The image and its decision.</summary>
    public required ImageResult Image { get; init; }

    /// <summary>
    /// The side, in pixels of the image, of a square as large as all its marked defects; null without a mask.
    /// </summary>
    public double? Side { get; init; }

    /// <summary>
    /// The difference of the mean gray level of the defects from that of the four pixels around them, 0 to 255; null
    /// without a mask. A defect of structure can have a contrast of 0.
    /// </summary>
    public double? Contrast { get; init; }

    /// <summary>The number of good images the detector was fitted on.</summary>
    public required int Good { get; init; }

    /// <summary>How many of their out-of-fold scores are at least as high.</summary>
    public required int GoodAsHigh { get; init; }

    /// <summary>found, check or missed.</summary>
    public string Answer => Image.Decision switch
    {
        Decision.Abnormal => "found",
        Decision.Check => "check",
        _ => "missed",
    };

    /// <summary>Where the score lies among those of the good images; a few words without a period.</summary>
    public string Reason => Image.Decision == Decision.Abnormal ? "above the threshold"
        : GoodAsHigh > 0
            ? $"not above the threshold; {GoodAsHigh} of {Good} good images score as high"
        : $"above all {Good} good images, but not above the threshold";

    /// <summary>An account of every abnormal image of an evaluation, in its order. Reads images and masks.</summary>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="detector">The detector that was evaluated.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    /// <exception cref="SemiDefectException">An image can no longer be read.</exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static IReadOnlyList<DefectAccount> Of(
        EvaluationResult evaluation, AnomalyDetector detector, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(detector);
        DetectorThresholds thresholds = detector.Thresholds;
        var accounts = new List<DefectAccount>();
        foreach (ImageResult image in evaluation.Images.Where(image => image.Image.IsAbnormal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            (double? side, double? contrast) = Measure(image, detector.Reading);
            accounts.Add(new DefectAccount
            {
                Image = image,
                Side = side,
                Contrast = contrast,
                Good = thresholds.ImageScores.Count,
                GoodAsHigh = thresholds.ImageScores.Count(score => score >= image.Score),
            });
        }

        return accounts;
    }

    private static (double? Side, double? Contrast) Measure(ImageResult result, ImageReading reading)
    {
        if (result.Image.Mask is not { } marks || result.Defects is null)
        {
            return (null, null);
        }

        Image image = ImageFile.Read(result.Image.FullPath, reading);
        (byte[] mask, int width, int height) = MaskFile.Read(marks, image.Width, image.Height, reading.Limits);
        mask = MaskFile.ToNearest(mask, width, height, image.Width, image.Height);
        (long inside, long around) = (0, 0);
        (long insideSum, long aroundSum) = (0, 0);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                int i = y * image.Width + x;
                int gray = image.Rgb[3 * i] + image.Rgb[3 * i + 1] + image.Rgb[3 * i + 2];
                if (mask[i] != 0)
                {
                    inside++;
                    insideSum += gray;
                }
                else if (IsNear(mask, image.Width, image.Height, x, y))
                {
                    around++;
                    aroundSum += gray;
                }
            }
        }

        return inside == 0 || around == 0
            ? (null, null)
            : (Math.Sqrt(inside), Math.Abs((double)insideSum / inside - (double)aroundSum / around) / 3);
    }

    private static bool IsNear(byte[] mask, int width, int height, int x, int y)
    {
        int left = Math.Max(0, x - Ring);
        int count = Math.Min(width - 1, x + Ring) - left + 1;
        for (int row = Math.Max(0, y - Ring); row <= Math.Min(height - 1, y + Ring); row++)
        {
            if (mask.AsSpan(row * width + left, count).ContainsAnyExcept((byte)0))
            {
                return true;
            }
        }

        return false;
    }
}
