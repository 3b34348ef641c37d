using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;

namespace SemiDefect.Anomaly;

// Names of defects.
public sealed partial class AnomalyDetector
{
    /// <summary>
    /// Learns names of defects from labeled images: docs/naming.md. The detector is not changed;
    /// <see cref="ChangeNames"/> writes the names into its file. Memory: one image, and a descriptor and a cut-out for
    /// each labeled defect.
    /// </summary>
    /// <param name="images">The labeled images.</param>
    /// <param name="labels">The defects of an image, given its position and itself; empty if it has none.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives the number of images inspected so far, and of all images: the labeled ones
    /// and, once they are read, those of their views. On the calling thread.</param>
    /// <param name="cancellationToken">Stops between images.</param>
    /// <exception cref="SemiDefectException">An image cannot be read, a name cannot be used, or nothing is
    /// labeled.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public DefectNames LearnNames(
        IImageSource images,
        Func<int, Image, IReadOnlyList<DefectLabel>> labels,
        TeachOptions? options = null,
        IProgress<(int Done, int Total)>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        options ??= new TeachOptions();
        IImageSource source = ImageFolder.Under(images, Reading);
        RegionDescriber describer = RegionNamer.DescriberOf(Document, _bundle.Banks);
        var teacher = new NameTeacher(
            (image, name) =>
            {
                ScoredImage scored = Pipeline.ScoreWithGrids(image, cancellationToken);
                return (Judge(0, scored with { Grids = null }, name), scored);
            },
            Pipeline.SharpMap,
            describer,
            options);
        for (int i = 0; i < source.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Image image = source.Read(i, cancellationToken);
            teacher.Add(source, i, image, labels(i, image));
            progress?.Report((i + 1, source.Count));
        }

        if (teacher.Count == 0)
        {
            throw new SemiDefectException(
                "None of the images has a labeled defect, and there is nothing to learn: give images with masks or "
                    + "boxes, or folders named after types of defects.");
        }

        AddViews(teacher, options, source.Count, progress, cancellationToken);
        NamesRecord record = NameTrainer.Train(
            teacher.Rows, describer.Blocks, options.UnknownRate, teacher.Views, cancellationToken);
        record = record with { Whole = options.Whole ? true : null };
        return new DefectNames(record, teacher.Skipped, teacher.NotFound);
    }

    /// <summary>Writes names of defects into a detector file, or removes those that it has.</summary>
    /// <param name="path">The detector file.</param>
    /// <param name="names">The names, learned by this detector; null to remove them.</param>
    /// <param name="outputPath">The file to write; null to replace the input file, which must not be open on
    /// Windows.</param>
    /// <exception cref="SemiDefectException">A file cannot be read or written, or the names were learned by a detector
    /// with other patches. The input file is then unchanged.</exception>
    public static void ChangeNames(string path, DefectNames? names, string? outputPath = null) =>
        DetectorFileEditor.Change(path, outputPath ?? path, document =>
        {
            DetectorDocument changed = document with { Names = names?.Record };
            return NamesFit(changed)
                ? changed
                : throw new SemiDefectException(
                    $"The names were learned by another kind of detector than '{path}': teach this one.");
        });

    internal static bool NamesFit(DetectorDocument document) =>
        document.Names is not { } names
        || names.Dimension == RegionDescriber.BlocksOf(RegionNamer.BranchesOf(document)).Sum();

    private void AddViews(
        NameTeacher teacher,
        TeachOptions options,
        int labeled,
        IProgress<(int Done, int Total)>? progress,
        CancellationToken cancellationToken)
    {
        if (!options.Views || options.Whole)
        {
            return;
        }

        IImageSource? given = options.Good is null ? null : ImageFolder.Under(options.Good, Reading);
        GoodBackgrounds good = GoodBackgrounds.Of(given, _bundle, Pipeline.Lanes);
        if (good.Count == 0)
        {
            _options.Logger.NoBackgrounds();
            return;
        }

        int pictures = PastedViews.PicturesFor(teacher.CutOuts.Count(cutOut => cutOut is not null));
        int done = 0;
        foreach ((Image picture, IReadOnlyList<PastedView> pasted) in PastedViews.Draw(
            teacher.CutOuts,
            good,
            (width, height) => Pipeline.Lanes[0].Plan.Canvas(width, height).Inspected(),
            options.Seed,
            cancellationToken))
        {
            teacher.AddViews(picture, pasted);
            progress?.Report((labeled + ++done, labeled + pictures));
        }
    }
}
