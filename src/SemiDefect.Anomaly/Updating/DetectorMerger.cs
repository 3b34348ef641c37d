using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Verification;

namespace SemiDefect.Anomaly.Updating;

/// <summary>
/// Makes one detector of two that were fitted alike: the union of their banks, thinned out greedily where a size is
/// asked, and thresholds from the held-out scores of both. Each such score was taken against one part of the bank, so
/// it is too high rather than too low. With several branches, the scale that they share is made anew from the scores of
/// both. The order of the two does not matter. Thread-safe: nothing is kept.
/// </summary>
internal static class DetectorMerger
{
    /// <summary>The merged detector, without golden inputs. The caller owns its bank.</summary>
    /// <param name="one">A detector.</param>
    /// <param name="onePipeline">Its searches.</param>
    /// <param name="other">Another.</param>
    /// <param name="otherPipeline">Its searches.</param>
    /// <param name="size">The size of the banks; null to keep all rows that differ.</param>
    /// <param name="progress">Told of picks.</param>
    /// <param name="cancellationToken">Stops between picks.</param>
    public static (DetectorBundle Bundle, IReadOnlyList<(int Image, GoldenInput Input)> Golden) Merge(
        DetectorBundle one,
        DetectorPipeline onePipeline,
        DetectorBundle other,
        DetectorPipeline otherPipeline,
        CoresetOptions? size,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        RequireAlike(one.Document, other.Document);
        bool inOrder =
            string.CompareOrdinal(DetectorFingerprint.Of(one).Sha256, DetectorFingerprint.Of(other).Sha256) <= 0;
        (DetectorBundle first, DetectorPipeline firstPipeline) = inOrder ? (one, onePipeline) : (other, otherPipeline);
        (DetectorBundle second, DetectorPipeline secondPipeline) = inOrder
            ? (other, otherPipeline)
            : (one, onePipeline);
        DetectorDocument a = first.Document;
        DetectorDocument b = second.Document;
        int[] numbers = NumberImages(a.Fit, b.Fit);
        bool[] isNew = [.. numbers.Select(number => number >= a.Fit.Images.Count)];
        int shared = isNew.Count(image => !image);
        var banks = new List<MemoryBank>();
        try
        {
            var branches = new List<BranchRecord>();
            for (int i = 0; i < a.Branches.Count; i++)
            {
                BankRecord own = a.Branches[i].Bank;
                BankRecord others = b.Branches[i].Bank;
                int patches = checked(
                    own.Patches + (int)((long)others.Patches * (b.Fit.Images.Count - shared) / b.Fit.Images.Count));
                (MemoryBank bank, double lost) = Unite(
                    (MemoryBankModel)firstPipeline.Branches[i].Model,
                    (MemoryBankModel)secondPipeline.Branches[i].Model,
                    numbers,
                    size,
                    patches,
                    progress,
                    cancellationToken);
                banks.Add(bank);
                branches.Add(a.Branches[i] with
                {
                    Bank = new BankRecord(bank.Vectors.Rows, bank.Vectors.Columns)
                    {
                        Patches = patches,

                        // Null where one of the two does not know its own.
                        CoveringRadius = own.CoveringRadius is double ownRadius
                            && others.CoveringRadius is double othersRadius
                            ? Math.Max(ownRadius, othersRadius) + lost
                            : null,
                    },
                });
            }

            bool isSameSize = a.Fit.CoresetFraction == b.Fit.CoresetFraction
                && a.Fit.CoresetMaximum == b.Fit.CoresetMaximum
                && a.Fit.CoresetCount == b.Fit.CoresetCount
                && a.Fit.CoresetRadius == b.Fit.CoresetRadius;
            int rows = branches.Sum(branch => branch.Bank.Rows);
            (ScoreFusion fusion, DetectorThresholds thresholds) = Calibrate(a, b, numbers);
            DetectorDocument document = a with
            {
                Engine = DetectorDocument.ThisEngine,
                Lanes = [.. a.Lanes.Zip(b.Lanes, (own, others) => own with
                {
                    Backbone = own.Backbone with { Included = own.Backbone.Included || others.Backbone.Included },
                })],
                Branches = branches,
                Fusion = fusion,
                Thresholds = thresholds,
                Fit = a.Fit with
                {
                    Preset = a.Fit.Preset == b.Fit.Preset ? a.Fit.Preset : "merged",
                    Images = [.. a.Fit.Images, .. b.Fit.Images.Where((_, i) => isNew[i])],
                    ImageHashes = HasHashes(a.Fit) && HasHashes(b.Fit)
                        ? [.. a.Fit.ImageHashes, .. b.Fit.ImageHashes.Where((_, i) => isNew[i])]
                        : [],
                    LeftOut = a.Fit.LeftOut is null && b.Fit.LeftOut is null
                        ? null
                        : [.. a.Fit.LeftOut ?? [], .. b.Fit.LeftOut ?? []],
                    Steps = [.. StepsOf(a), new FitStep(FitStep.Merge, b.Fit.Images.Count - shared, rows)],
                    Patches = branches.Sum(branch => branch.Bank.Patches),
                    CoresetFraction = size is not null ? size.Fraction : isSameSize ? a.Fit.CoresetFraction : null,
                    CoresetMaximum = size is not null ? size.Maximum : isSameSize ? a.Fit.CoresetMaximum : null,
                    CoresetCount = size?.Count,
                    CoresetRadius = size is null && isSameSize ? a.Fit.CoresetRadius : null,
                    CoveringRadius = branches.All(branch => branch.Bank.CoveringRadius is not null)
                        ? branches.Max(branch => branch.Bank.CoveringRadius)
                        : null,
                    Pieces = null,
                    Device = a.Fit.Device == b.Fit.Device ? a.Fit.Device : "mixed",
                },
                Golden = [],
                Tuning = null,
                Planted = null,
                Names = null,
                Sections = [],
            };
            BackboneFile?[] networks = [.. first.Networks.Zip(second.Networks, (own, others) => own ?? others)];
            return (new DetectorBundle(document, networks, banks), Golden(first, second, numbers));
        }
        catch
        {
            banks.ForEach(bank => bank.Dispose());
            throw;
        }
    }

    private static void RequireAlike(DetectorDocument a, DetectorDocument b)
    {
        string? difference =
            a.Lanes.Count != b.Lanes.Count ? "the number of branches"
            : a.Reading?.BitDepth != b.Reading?.BitDepth ? "the bit depth of their images"
            : a.Reading?.Intensity != b.Reading?.Intensity ? "the window of their images"
            : a.Reading?.Page != b.Reading?.Page ? "the page of their images"
            : a.Lanes.Zip(b.Lanes)
                .Select(lanes => Difference(lanes.First, lanes.Second))
                .FirstOrDefault(found => found is not null)
            ?? a.Branches.Zip(b.Branches)
                .Select(branches => Difference(branches.First, branches.Second))
                .FirstOrDefault(found => found is not null)
            ?? (a.Fusion.Rule != b.Fusion.Rule ? "the fusion of their branches" : null)
            ?? (a.Thresholds.Options != b.Thresholds.Options
                ? "the rule of the thresholds (set the same one with 'semidefect threshold')"
                : null)
            ?? (HandSet(a) != HandSet(b)
                ? "the pixel threshold set by hand (set the same one with 'semidefect threshold')"
                : null);
        if (difference is not null)
        {
            throw new SemiDefectException(
                $"The two detectors differ in {difference}: only detectors fitted alike can be merged.");
        }

        if (a.Fusion == b.Fusion)
        {
            return;
        }

        if (!HasBranchScores(a) || !HasBranchScores(b))
        {
            throw new SemiDefectException(
                "A detector of several branches was fitted by a version that kept no scores of each branch, without "
                    + "which two cannot be brought to one scale: fit it again.");
        }

        if (a.Thresholds.Options.Method == ThresholdMethod.FoldMaxima)
        {
            throw new SemiDefectException(
                "The rule 'fold-maxima' has no folds on the scale that the merged branches share: set another rule "
                    + "for both with 'semidefect threshold'.");
        }
    }

    private static bool HasBranchScores(DetectorDocument document) =>
        document.Thresholds is { BranchImageScores: not null, BranchPixelPeaks: not null };

    private static double? HandSet(DetectorDocument document) =>
        document.Thresholds.Pixel.Method == DetectorThresholds.FixedMethod ? document.Thresholds.Pixel.Value : null;

    private static string? Difference(LaneRecord a, LaneRecord b) =>
        a.Backbone.Sha256 != b.Backbone.Sha256 ? "the network"
        : !a.Backbone.Taps.SequenceEqual(b.Backbone.Taps) ? "the network's taps"
        : a.Views.Preprocessing != b.Views.Preprocessing ? "the preprocessing of images"
        : a.Views != b.Views ? "the views of images"
        : a.Patches != b.Patches ? "the making of patches"
        : a.Projection?.Sha256 != b.Projection?.Sha256
            ? "the projection of their patches, which is learned from the images of each (fit both with '--projection "
                + "none', or one on all images, or update one with the images of the other)"
        : a.Whitening?.Sha256 != b.Whitening?.Sha256
            ? "the whitening of their patches, which is fitted to the images of each (fit both with '--whitening "
                + "false', or one on all images, or update one with the images of the other)"
        : a.Whitening?.Score != b.Whitening?.Score ? "the score of their patches (fit both with '--whitening false')"
        : null;

    private static string? Difference(BranchRecord a, BranchRecord b) =>
        a.Scoring != b.Scoring ? "the scoring"
        : a.Map != b.Map ? "the making of maps"
        : a.Bank.Columns != b.Bank.Columns ? "the number of values per patch"
        : null;

    // The number that each of b's images has in the merged list: its own in a's where both know the same pixels.
    private static int[] NumberImages(FitRecord a, FitRecord b)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; HasHashes(a) && HasHashes(b) && i < a.Images.Count; i++)
        {
            known.TryAdd(a.ImageHashes[i], i);
        }

        int next = a.Images.Count;
        return [
            .. Enumerable.Range(0, b.Images.Count)
                .Select(i => known.Count > 0 && known.TryGetValue(b.ImageHashes[i], out int number) ? number : next++)
        ];
    }

    private static bool HasHashes(FitRecord record) => record.ImageHashes.Count == record.Images.Count;

    // The union, and how far a row of it may lie from the rows kept.
    private static SelectedBank Unite(
        MemoryBankModel a,
        MemoryBankModel b,
        int[] numbers,
        CoresetOptions? size,
        int patches,
        IProgress<CoresetProgress>? progress,
        CancellationToken cancellationToken)
    {
        double[] distances = a.NearestSquaredDistances(b.Bank.Vectors, cancellationToken);
        int[] different = [.. Enumerable.Range(0, distances.Length).Where(row => distances[row] > 0)];
        using FeatureMatrix added = b.Bank.Vectors.Gather(different);
        FeatureMatrix all = a.Bank.Vectors.Append(added);
        int[] images = [.. a.Bank.SourceImages, .. different.Select(row => numbers[b.Bank.SourceImages[row]])];
        int[] sources = [.. a.Bank.SourcePatches, .. different.Select(row => b.Bank.SourcePatches[row])];
        if (size is null || size.TargetCount(patches) >= all.Rows)
        {
            return new SelectedBank(new MemoryBank(all, images, sources), 0);
        }

        using (all)
        {
            var options = new CoresetOptions(count: size.TargetCount(patches), threads: size.Threads);
            CoresetSelection kept = Coreset.Select(all, options, progress, cancellationToken);
            var bank = new MemoryBank(
                all.Gather(kept.Indices),
                [.. kept.Indices.Select(pick => images[pick])],
                [.. kept.Indices.Select(pick => sources[pick])]);
            return new SelectedBank(bank, kept.CoveringRadius);
        }
    }

    // As at a fit, the scale follows from the scores of all images by each branch. Maps are not kept: their peaks on
    // the new scale are bounded from above, by the peaks of the branches and by the peak on the old scale.
    private static (ScoreFusion Fusion, DetectorThresholds Thresholds) Calibrate(
        DetectorDocument a,
        DetectorDocument b,
        int[] numbers)
    {
        if (!HasBranchScores(a) || !HasBranchScores(b))
        {
            return (a.Fusion, Thresholds(a, b, numbers));
        }

        double[][] scores = Join(a.Thresholds.BranchImageScores!, b.Thresholds.BranchImageScores!, numbers);
        double[][] branchPeaks = Join(a.Thresholds.BranchPixelPeaks!, b.Thresholds.BranchPixelPeaks!, numbers);
        ScoreFusion fusion = ScoreFusion.Of(
            a.Fusion.Rule, a.Branches.Select((_, branch) => scores.Select(image => image[branch]).ToArray()));
        double[] bounds = Join(
            [.. a.Thresholds.PixelPeaks.Select(peak => fusion.PeakFrom(a.Fusion, peak))],
            [.. b.Thresholds.PixelPeaks.Select(peak => fusion.PeakFrom(b.Fusion, peak))],
            numbers);
        DetectorThresholds thresholds = a.Thresholds.Renew(
            [.. scores.Select(fusion.ImageScore)],
            [.. branchPeaks.Zip(bounds, (peaks, bound) => Math.Min(fusion.PeakOf(peaks), bound))],
            scores,
            branchPeaks);
        return (fusion, thresholds);
    }

    // An image that both know has two held-out scores; the higher one is the careful one.
    private static DetectorThresholds Thresholds(DetectorDocument a, DetectorDocument b, int[] numbers)
    {
        bool isComplete = a.Thresholds.ImageScores.Count == a.Fit.Images.Count
            && b.Thresholds.ImageScores.Count == b.Fit.Images.Count;
        return isComplete
            ? a.Thresholds.Renew(
                Join(a.Thresholds.ImageScores, b.Thresholds.ImageScores, numbers),
                Join(a.Thresholds.PixelPeaks, b.Thresholds.PixelPeaks, numbers))
            : a.Thresholds with { ImageScores = [], PixelPeaks = [] };
    }

    private static double[] Join(IReadOnlyList<double> a, IReadOnlyList<double> b, int[] numbers)
    {
        double[] joined = new double[Math.Max(a.Count, numbers.Max() + 1)];
        a.ToArray().CopyTo(joined, 0);
        for (int i = 0; i < b.Count; i++)
        {
            joined[numbers[i]] = Math.Max(joined[numbers[i]], b[i]);
        }

        return joined;
    }

    private static double[][] Join(
        IReadOnlyList<IReadOnlyList<double>> a,
        IReadOnlyList<IReadOnlyList<double>> b,
        int[] numbers)
    {
        double[][] byBranch =
        [
            .. a[0].Select((_, branch) => Join(
                (double[])[.. a.Select(image => image[branch])], [.. b.Select(image => image[branch])], numbers)),
        ];
        return [.. byBranch[0].Select((_, image) => (double[])[.. byBranch.Select(scores => scores[image])])];
    }

    private static IReadOnlyList<FitStep> StepsOf(DetectorDocument document) =>
        document.Fit.Steps.Count > 0
            ? document.Fit.Steps
            : [new FitStep(FitStep.Fit, document.Fit.Images.Count, document.Branches.Sum(branch => branch.Bank.Rows))];

    private static List<(int Image, GoldenInput Input)> Golden(DetectorBundle a, DetectorBundle b, int[] numbers)
    {
        int count = Math.Max(a.Golden.Count, b.Golden.Count);
        var golden = new List<(int Image, GoldenInput Input)>();
        for (int i = 0; i < count; i++)
        {
            golden.AddRange(a.Golden.Skip(i).Take(1).Select(input => (input.Record.Image, input)));
            golden.AddRange(b.Golden.Skip(i).Take(1).Select(input => (numbers[input.Record.Image], input)));
        }

        return [.. golden.DistinctBy(input => input.Image).Take(count)];
    }
}
