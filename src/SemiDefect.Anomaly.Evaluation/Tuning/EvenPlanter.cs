using SemiDefect.Anomaly.Evaluation.Rehearsals;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Evaluation.Tuning;

/// <summary>
/// Plants defects with soft edges, kinds and sizes equally often, spread over some of the good images, so that a fit
/// can tell what a threshold would find. Immutable and thread-safe.
/// </summary>
public sealed class EvenPlanter : IDefectPlanter
{
    /// <summary>The largest number of defects.</summary>
    public const int MostDefects = 10_000;

    private const int FewestImages = 20;
    private const int ImagesPerPlanted = 8;
    private const int FewestPlanted = 4;
    private const int MostPlanted = 90;

    private readonly TuningOptions _options;
    private readonly int _pictures;

    /// <summary>Plans the planting.</summary>
    /// <param name="planted">
    /// The number of defects, 1 to 10000; rounded up to whole images, each of which gets every size once. 36 have every
    /// kind in every size.
    /// </param>
    /// <param name="seed">Decides images, places and shapes.</param>
    /// <exception cref="SemiDefectException">The number is out of range.</exception>
    public EvenPlanter(int planted, ulong seed)
    {
        if (planted is < 1 or > MostDefects)
        {
            throw new SemiDefectException(
                $"The number of planted defects must be between 1 and {MostDefects}, not {planted}.");
        }

        _options = new TuningOptions { Sizes = 4, KindsPerSize = 1, Seed = seed };
        _pictures = (planted + _options.Sizes - 1) / _options.Sizes;
    }

    /// <summary>
    /// How many defects to plant without being asked: about half as many as there are good images, at least 16 and at
    /// most 360, which takes less than a third of the time of the fit; 0 for fewer than 20 images, whose thresholds say
    /// too little.
    /// </summary>
    /// <param name="images">The number of good images.</param>
    public static int DefaultCount(int images) =>
        images < FewestImages ? 0 : 4 * Math.Clamp(images / ImagesPerPlanted, FewestPlanted, MostPlanted);

    /// <inheritdoc/>
    public IReadOnlyList<int> Choose(int count) =>
        TuningSplit.Spread(count, Math.Min(count, _pictures), _options.Seed);

    /// <inheritdoc/>
    public IReadOnlyList<PlantedPicture> Plant(int index, int count, Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        List<int> chosen = [.. Choose(count)];
        int first = chosen.IndexOf(index);
        var profile = new PictureProfile(image);
        var pictures = new List<PlantedPicture>();
        for (int picture = first; first >= 0 && picture < _pictures; picture += chosen.Count)
        {
            foreach (PlantedTrial trial in TrialPlan.Of(picture, Math.Min(image.Width, image.Height), _options))
            {
                PlantedImage planted =
                    Rehearsal.Plant(profile, picture, trial.Kind, trial.Size, trial.Contrast, _options.Seed);
                pictures.Add(new PlantedPicture(
                    planted.Image, DefectKindNames.Of(trial.Kind), trial.Step, trial.Size, planted.Box));
            }
        }

        return pictures;
    }
}
