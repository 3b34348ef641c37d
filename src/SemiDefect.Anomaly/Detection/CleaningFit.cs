using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Fits a detector to images of which some may be defective: images whose out-of-fold scores stand out are left out,
/// and the rest is fitted again. Defects hide each other, so this is repeated. Stateless.
/// </summary>
internal static class CleaningFit
{
    // Each takes a fit; later ones hardly find anything.
    private const int Rounds = 2;

    // In interquartile ranges above the third quartile: 1 % of the scores of good images with the distribution of
    // maxima (Gumbel) are higher, and none to speak of with a normal distribution.
    private const double Fence = 2;

    /// <summary>Fits; the caller owns the pipeline and the banks.</summary>
    /// <param name="good">The images.</param>
    /// <param name="options">The options, with the largest share of images to leave out.</param>
    /// <param name="progress">Receives each step of each fit.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    /// <returns>The images that were fitted, and the detector.</returns>
    public static (IImageSource Good, DetectorBundle Bundle, DetectorPipeline Pipeline) Fit(
        IImageSource good,
        FitOptions options,
        IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        int[] kept = [.. Enumerable.Range(0, good.Count)];
        int most = (int)(options.Contamination * good.Count);
        IImageSource fitted = good;
        for (int round = 0; ; round++)
        {
            (DetectorBundle bundle, DetectorPipeline pipeline) =
                new DetectorFitter(fitted, options, progress, cancellationToken).Fit();
            int room = round < Rounds ? most - (good.Count - kept.Length) : 0;
            HashSet<int> outliers = [.. OutlierRule.Find(bundle.Document.OutOfFoldScores, Fence).Take(room)];
            if (outliers.Count == 0)
            {
                return (fitted, bundle with { Document = WithLeftOut(bundle.Document, good, kept) }, pipeline);
            }

            pipeline.Dispose();
            bundle.Dispose();
            kept = [.. kept.Where((_, i) => !outliers.Contains(i))];
            fitted = ImageList.Of(good, kept);
        }
    }

    private static DetectorDocument WithLeftOut(DetectorDocument document, IImageSource good, int[] kept) =>
        kept.Length == good.Count ? document : document with
        {
            Fit = document.Fit with
            {
                LeftOut =
                    [.. Enumerable.Range(0, good.Count).Except(kept).Select(image => good.Describe(image).Name)],
            },
        };
}
