using SemiDefect.Anomaly.Evaluation.Checks;
using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Rendering;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

/// <summary>The inputs that once were misunderstood, with what is right.</summary>
public class SharedCasesTests
{
    [SharedFact]
    public void Of_a_data_set_only_the_good_training_images_are_trained_on()
    {
        ImageSelection selection = ImageSelection.ToTrainOn(Case("01-fit-root/set"));
        Assert.Equal(
            ["000.png", "001.png", "002.png", "003.png", "004.png", "005.png"],
            selection.Images.Items.Select(item => item.RelativePath));
        Assert.Equal(Case("01-fit-root/set/train/good"), selection.Images.FullPath);
        Assert.Equal(
            "MVTec AD layout: 6 good images to train on, 3 good and 3 abnormal to evaluate, 3 masks",
            selection.Summary);
        Assert.Contains(
            "01-fit-root/set'",
            Assert.Throws<SemiDefectException>(() => ImageSelection.ToTrainOn(Case("01-fit-root"))).Message,
            StringComparison.Ordinal);
    }

    [SharedFact]
    public void Good_folders_go_by_the_words_of_labels()
    {
        Expect("02-test-ok-is-defect/set", training: 6, good: 3, abnormal: 3, masks: 0);
        Expect("02-test-ok-is-defect/btad", training: 4, good: 4, abnormal: 4, masks: 4);
        Assert.Equal("BTAD", LabeledDataset.Open(Case("02-test-ok-is-defect/btad")).Layout);
    }

    [SharedFact]
    public void Masks_are_no_defects()
    {
        Expect("03-masks-are-defects/hazelnut_toy", training: 6, good: 2, abnormal: 3, masks: 3);
        Assert.Equal(
            ["crack", "good"], DatasetChecker.Check(Case("03-masks-are-defects/hazelnut_toy")).Tested.Keys);
    }

    [SharedFact]
    public void Labels_of_a_csv_are_understood()
    {
        foreach (string name in new[] { "float", "passfail", "none", "korean", "minus1" })
        {
            LabeledDataset dataset = LabeledDataset.Open(Case($"05-csv-labels/{name}.csv"), needsTraining: false);
            Assert.Equal(
                ["g0", "g1", "g2", "g3"],
                dataset.Test.Where(image => !image.IsAbnormal)
                    .Select(image => Path.GetFileNameWithoutExtension(image.Path)));
            Assert.Equal(3, dataset.Test.Count(image => image.IsAbnormal));
        }
    }

    [SharedFact]
    public void Capitals_in_the_names_of_folders_change_nothing()
    {
        Expect("06-Good-on-windows/set", training: 6, good: 2, abnormal: 3, masks: 0);
        Expect("07-check-misses/UPPER", training: 6, good: 3, abnormal: 3, masks: 3);
        Expect("07-check-misses/okng", training: 4, good: 2, abnormal: 3, masks: 0);
        Assert.Equal(6, DatasetChecker.Check(Case("07-check-misses/UPPER")).Training);
        Assert.Equal(3, DatasetChecker.Check(Case("07-check-misses/okng")).Tested["NG"]);
    }

    [SharedFact]
    public void The_split_of_a_csv_is_obeyed()
    {
        Expect("08-csv-split-ignored/list.csv", training: 5, good: 3, abnormal: 3, masks: 0);
        Assert.Null(LabeledDataset.Open(Case("08-csv-split-ignored/list.csv")).Note);
        Assert.Equal(6, LabeledDataset.Open(Case("08-csv-split-ignored/list.csv"), needsTraining: false).Test.Count);
    }

    [SharedFact]
    public void Masks_in_a_folder_for_each_image_and_masks_of_16_bits_mark()
    {
        Expect("09-loco-masks/set", training: 6, good: 3, abnormal: 3, masks: 3);
        Expect("10-mask16/set", training: 6, good: 3, abnormal: 3, masks: 3);
        foreach (string name in new[] { "09-loco-masks/set", "10-mask16/set" })
        {
            Assert.All(
                LabeledDataset.Open(Case(name)).Test.Where(image => image.IsAbnormal),
                image => Assert.Contains(
                    (byte)255, MaskFile.Read(image.Mask!, 1, 1, ImageLimits.Default).Values));
        }
    }

    [SharedFact]
    public void A_check_says_the_bits_in_use_and_the_pages()
    {
        CheckReport bits = DatasetChecker.Check(Case("04-12bit-in-16/raw12"));
        Assert.Contains(
            "read as 12 bits", Assert.Single(bits.Findings, finding => finding.Code == "bit_depth").Message);
        Assert.DoesNotContain(bits.Findings, finding => finding.Code.Contains("duplicate", StringComparison.Ordinal));
        Assert.DoesNotContain(
            DatasetChecker.Check(Case("04-12bit-in-16/times16")).Findings, finding => finding.Code == "bit_depth");
        Assert.Equal(
            ["thumbnail_first.tif"],
            Assert.Single(
                DatasetChecker.Check(Case("18-tiff-pages")).Findings,
                finding => finding.Code == "several_pages").Paths);
    }

    [SharedFact]
    public void A_jpeg_whose_data_end_early_is_refused_wherever_it_is_read()
    {
        string[] names = ["half_no_eoi.jpg", "half_then_eoi.jpg", "hole.jpg", "zero_tail_eoi.jpg"];
        foreach (string name in names)
        {
            ImageFormatException error = Assert.Throws<ImageFormatException>(
                () => ImageFile.Read(Case($"12-jpeg-premature/{name}")));
            Assert.Contains("is a damaged JPEG image: it ends too early", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(
            names,
            DatasetChecker.Check(Case("12-jpeg-premature")).Findings
                .Where(finding => finding.Code == "unreadable")
                .SelectMany(finding => finding.Paths));
        Assert.Throws<ImageFormatException>(() => AnomalyDetector.Fit(ImageFolder.Open(Case("12-jpeg-premature"))));
    }

    [SharedFact]
    public void A_long_name_is_one_of_the_images()
    {
        IReadOnlyList<FolderImage> images = ImageSelection.ToInspect(Case("14-long-name/imgs")).Images.Items;
        Assert.Equal(["a.png", "z.png", $"{new string('가', 70)}.png"], images.Select(image => image.RelativePath));
        Assert.All(images, image => ImageFile.Read(image.FullPath));
    }

    [SharedFact]
    public void A_sound_file_is_read_or_its_compression_called_unsupported()
    {
        ImageFormatException error = Assert.Throws<ImageFormatException>(
            () => ImageFile.Read(Case("17-tiff-compression/lzma.tif")));
        Assert.Contains("of the compression LZMA, which is not supported", error.Message, StringComparison.Ordinal);
        Image zstandard = ImageFile.Read(Case("17-tiff-compression/zstd.tif"));
        Image webP = ImageFile.Read(Case("17-tiff-compression/webp.tif"));
        Assert.Equal((zstandard.Width, zstandard.Height), (webP.Width, webP.Height));
    }

    [SharedFact]
    public void Three_samples_that_are_called_gray_are_three_channels()
    {
        Image image = ImageFile.Read(Case("18-tiff-pages/minisblack_3_samples.tif"));
        Assert.Contains(
            Enumerable.Range(0, image.Width * image.Height),
            i => image.Rgb[3 * i] != image.Rgb[(3 * i) + 1] || image.Rgb[3 * i] != image.Rgb[(3 * i) + 2]);
        Assert.Equal(2, ImageFile.CountPages(Case("18-tiff-pages/thumbnail_first.tif")));
        Image second = ImageFile.Read(Case("18-tiff-pages/thumbnail_first.tif"), new ImageReading { Page = 2 });
        Assert.Equal((64, 64), (second.Width, second.Height));
    }

    [SharedFact]
    [Trait("Speed", "Slow")]
    public void What_a_crop_never_looks_at_is_told_and_hatched()
    {
        var log = new ListLogger();
        FitOptions options = FitPresets.Create("amazon") with { Threads = 1, Logger = log };
        using AnomalyDetector detector = AnomalyDetector.Fit(ImageFolder.Open(Case("19-crop-border/good")), options);
        Assert.Contains(
            log.Lines,
            line => line.StartsWith(
                "The crop leaves out 62 % of an image of 150 x 75 pixels", StringComparison.Ordinal));
        string defect = Case("19-crop-border/new/defect_at_left_edge.png");
        Inspection inspection = detector.Inspect(defect);
        Image original = ImageFile.Read(defect);
        Image heatmap = HeatmapRenderer.Render(
            original,
            inspection.Map,
            (float)inspection.PixelThreshold,
            new HeatmapOptions { Geometry = inspection.Geometry });

        // Left of what is inspected, pixels are darkened by the hatching.
        int darker = Enumerable.Range(0, original.Height).Sum(y => Enumerable.Range(0, 40).Count(x =>
            heatmap.Rgb[3 * ((y * original.Width) + x)] < original.Rgb[3 * ((y * original.Width) + x)]));
        Assert.InRange(darker, 40 * original.Height / 10, 40 * original.Height);
    }

    [SharedFact]
    [Trait("Speed", "Slow")]
    public void Twelve_bits_as_a_camera_writes_them_are_evaluated_as_the_same_pictures_times_16()
    {
        var options = new FitOptions { ResizeSize = 64, Coreset = new(fraction: 0.2), Folds = 2, Threads = 1 };
        EvaluationResult[] results =
        [
            .. new[] { "raw12", "times16" }.Select(name =>
            {
                LabeledDataset dataset = LabeledDataset.Open(Case($"04-12bit-in-16/{name}"));
                using AnomalyDetector detector = AnomalyDetector.Fit(dataset.TrainGood!, options);
                return DatasetEvaluator.Evaluate(detector, dataset, new EvaluationOptions { Resamples = 10 });
            }),
        ];
        Assert.Equal(
            results[1].Images.Select(image => image.Score), results[0].Images.Select(image => image.Score));
        Assert.Equal(results[1].Ranking, results[0].Ranking);
    }

    private static void Expect(string name, int training, int good, int abnormal, int masks)
    {
        LabeledDataset dataset = LabeledDataset.Open(Case(name));
        Assert.Equal(
            (training, good, abnormal, masks),
            (
                dataset.TrainGood!.Count,
                dataset.Test.Count(image => !image.IsAbnormal),
                dataset.Test.Count(image => image.IsAbnormal),
                dataset.Test.Count(image => image.Mask is not null)));
    }

    private static string Case(string name) => Repository.SharedPath($"cases/{name}");
}
