using System.Globalization;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Threading;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.Tuning;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Fits a detector to good images: for each lane the features, memory banks and out-of-fold scores; then the common
/// scale of the branches and the thresholds. Not thread-safe; use once.
/// </summary>
internal sealed class DetectorFitter(
    IImageSource good, FitOptions options, IProgress<FitProgress>? progress, CancellationToken cancellationToken)
{
    private readonly string[] _hashes = new string[good.Count];
    private long _bankBytes;
    private FitOptions _options = options;
    private (int Width, int Height) _firstSize;

    /// <summary>Runs the fit; the caller owns the pipeline and the banks.</summary>
    public (DetectorBundle Bundle, DetectorPipeline Pipeline) Fit()
    {
        (_options, IReadOnlyList<Lane> lanes, IReadOnlyList<BackboneFile?> files) =
            AutomaticViews.Open(_options, good, cancellationToken);

        // Seed, threads and device have a single owner: the fit options.
        _options = _options with
        {
            Coreset = _options.Coreset.With(_options.Seed, _options.Threads, _options.Accelerator),
        };
        var fitted = new List<FittedLane>();
        try
        {
            foreach (Lane lane in lanes)
            {
                fitted.Add(Fit(lane));
                _bankBytes += fitted[^1].BankBytes;
            }

            if (_options.Crop is not null)
            {
                CropBorder.Tell(lanes, _firstSize.Width, _firstSize.Height, _options.Logger);
            }

            lanes =
            [
                .. lanes.Zip(fitted, (lane, fit) => lane with
                {
                    Projection = fit.Projection,
                    Whitening = fit.Whitening,
                }),
            ];
            ScoreFusion fusion = FusionOf(fitted);
            Branch[] branches =
                [
                    .. fitted.SelectMany(
                        (lane, i) => lane.Models.Select(model => new Branch(i, model, _options.Scoring, _options.Map)))
                ];
            var pipeline = new DetectorPipeline(lanes, branches, fusion, _options.BatchSize);
            DetectorThresholds thresholds = ThresholdsOf(fitted, pipeline);
            DetectorDocument document = DocumentOf(lanes, files, fitted, fusion, thresholds);
            return (new DetectorBundle(document, files, [.. fitted.SelectMany(lane => lane.Banks)]), pipeline);
        }
        catch
        {
            fitted.ForEach(lane => lane.Dispose());
            LaneFactory.DisposeOf(lanes);
            throw;
        }
    }

    private FittedLane Fit(Lane lane)
    {
        int count = good.Count;
        var stream = new EncodingStream([lane], _options.BatchSize);
        MemoryPlan plan = MemoryPlan.Of(_options, _bankBytes);
        TrainingFeatures collected = TrainingFeatures.Collect(
            stream.EncodeAll(count, Read, ViewPurpose.Learn, cancellationToken),
            count,
            (columns, expectedRows) => plan.RowsAtOnce(
                columns,
                _options.Projection?.DimensionFor(columns) ?? columns,
                expectedRows,
                _options.Coreset),
            done => progress?.Report(new FitProgress(FitStage.Features, done, count)));
        PatchProjection? projection = null;
        try
        {
            if (_options.Projection is { } asked)
            {
                projection = ProjectionFitter.Fit(collected, asked, _options, progress, cancellationToken);
                lane = lane with { Projection = projection };
                stream = new EncodingStream([lane], _options.BatchSize);
                collected = collected.Project(
                    projection,
                    plan.RowsAtOnce(projection.Record.Outputs),
                    ThreadCount.Resolve(_options.Threads),
                    cancellationToken);
            }

            return Fit(lane, collected, stream, plan) with { Projection = projection };
        }
        catch
        {
            projection?.Dispose();
            throw;
        }
        finally
        {
            collected.Dispose();
        }
    }

    private FittedLane Fit(Lane lane, TrainingFeatures features, EncodingStream stream, MemoryPlan plan)
    {
        double patches = (double)features.Rows / features.Images.Count / lane.Plan.LearnedTurns;
        FitOptions options = _options with { Coreset = _options.CoresetFor(patches) };
        plan.RequireRoom(features, options.Coreset);
        PatchWhitening? whitening =
            _options.Whitening ? PatchWhitening.Fit(features, _options.Seed, cancellationToken) : null;
        PlantedScorer? planted = _options.Planter is { } planter
            ? new PlantedScorer(planter, good.Count, stream, Read, _options.Scoring)
            : null;
        using var fitter = new LaneFitter(
            features, whitening, lane.Plan.LearnedTurns, planted, options, plan, progress, cancellationToken);
        return fitter.Fit();
    }

    private Image Read(int index)
    {
        Image image = good.Read(index, cancellationToken);
        _hashes[index] ??= image.Sha256();
        if (index == 0)
        {
            _firstSize = (image.Width, image.Height);
        }

        return image;
    }

    // Out-of-fold scores of good images bring the lanes to a common scale; the banks of folds already share one.
    private ScoreFusion FusionOf(List<FittedLane> fitted)
    {
        if (fitted.Count == 1)
        {
            return ScoreFusion.Unscaled;
        }

        if (fitted.Any(lane => lane.OutOfFold.Branches.Count == 0))
        {
            throw new SemiDefectException(
                "Several scales or backbones need two good images or more, or turned copies of one (--turns 4), to "
                    + "bring their scores to one scale.");
        }

        IEnumerable<double[]> scores =
            fitted.Select(lane => lane.OutOfFold.Branches.Select(branches => branches[0].ImageScore).ToArray());
        return _options.ExpectsSpread
            ? ScoreFusion.OfFew(_options.Fusion, scores)
            : ScoreFusion.Of(_options.Fusion, scores);
    }

    private DetectorThresholds ThresholdsOf(List<FittedLane> fitted, DetectorPipeline pipeline)
    {
        // The scores of every branch for each image: calibration is inspection with a filter on the bank rows.
        int judged = fitted[0].OutOfFold.Branches.Count;
        IReadOnlyList<BranchScores>[] branches =
            [
                .. Enumerable.Range(0, judged)
                    .Select(image => (BranchScores[])[.. fitted.SelectMany(lane => lane.OutOfFold.Branches[image])])
            ];
        ScoredPeak[] fused = branches.All(one => one.Count == pipeline.Branches.Count) ? Fuse(pipeline, branches) : [];
        double[] scores = [.. fused.Select(image => image.Score)];
        double[] peaks = [.. fused.Select(image => image.Peak)];
        double[] foldScores = [];
        double[] foldPeaks = [];
        if (fitted[0].OutOfFold.OwnBranches is { } own)
        {
            ScoredPeak[] byFold = Fuse(
                pipeline,
                [.. branches.Select((one, image) => (BranchScores[])[one.Count == 1 ? one[0] : one[own[image]]])]);
            foldScores = [.. byFold.Select(image => image.Score)];
            foldPeaks = [.. byFold.Select(image => image.Peak)];
        }

        bool byFolds = _options.Threshold.Method == ThresholdMethod.FoldMaxima;
        var folds = new FoldAssignment(good.Count, _options.Folds, _options.Seed);
        ThresholdEstimate Estimate(double[] all, double[] own) => byFolds
            ? ThresholdRule.FoldMaxima(own.Length > 0 ? own : all, folds)
            : ThresholdRule.Compute(all, _options.Threshold);
        ThresholdEstimate image = Estimate(scores, foldScores);
        bool isScaled = pipeline.Fusion.Scales.Count > 0;
        return new DetectorThresholds
        {
            Options = _options.Threshold,
            Image = image,
            Check = ThresholdRule.ComputeCheck(scores, _options.Threshold, image),
            Pixel = Estimate(peaks, foldPeaks),
            ImageScores = scores,
            PixelPeaks = peaks,
            FoldImageScores = foldScores,
            FoldPixelPeaks = foldPeaks,
            BranchImageScores = isScaled
                ? [.. branches.Select(one => (double[])[.. one.Select(branch => branch.ImageScore)])]
                : null,
            BranchPixelPeaks = isScaled ? [.. fused.Select(image => image.BranchPeaks)] : null,
        };
    }

    // As in an inspection: the highest lane tells where.
    private static PlantedRecord? PlantedOf(List<FittedLane> fitted, ScoreFusion fusion, int images)
    {
        PlantedDefect[] planted =
        [
            .. fitted[0].Planted.Select((defect, i) =>
            {
                double[] scores = [.. fitted.Select(lane => lane.Planted[i].Score)];
                return defect with
                {
                    Score = fusion.ImageScore(scores),
                    IsLocated = fitted[fusion.Decisive(scores)].Planted[i].IsLocated,
                };
            }),
        ];
        if (planted.Length == 0)
        {
            return null;
        }

        var record = new PlantedRecord(planted);
        return TuningRules.IsValid(record, images)
            ? record
            : throw new SemiDefectException(
                "The planter gave defects that cannot be kept: at most 100000, each with a kind of one line, a step "
                    + "from 0 to 999 and a size of 1 pixel or more.");
    }

    // Each image writes to its own scores, so the result does not depend on the number of threads.
    private ScoredPeak[] Fuse(DetectorPipeline pipeline, IReadOnlyList<BranchScores>[] branches)
    {
        var fused = new ScoredPeak[branches.Length];
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = ThreadCount.Resolve(_options.Threads),
            CancellationToken = cancellationToken,
        };
        Parallel.For(0, branches.Length, parallel, image =>
        {
            ScoredImage scored = pipeline.Fuse(branches[image]);
            fused[image] = new ScoredPeak(scored.Score, scored.Map.Peak, scored.BranchPeaks);
        });
        return fused;
    }

    private DetectorDocument DocumentOf(
        IReadOnlyList<Lane> lanes,
        IReadOnlyList<BackboneFile?> files,
        List<FittedLane> fitted,
        ScoreFusion fusion,
        DetectorThresholds thresholds)
    {
        BranchRecord[] branches =
        [
            .. fitted.SelectMany((lane, i) => lane.Banks.Select(bank => new BranchRecord(
                i,
                _options.Scoring,
                _options.Map,
                new BankRecord(bank.Vectors.Rows, bank.Vectors.Columns)
                {
                    Patches = lane.Patches,
                    CoveringRadius = lane.CoveringRadius,
                }))),
        ];
        return new DetectorDocument
        {
            Engine = DetectorDocument.ThisEngine,
            Lanes =
            [
                .. lanes.Select((lane, i) =>
                    new LaneRecord(BackboneOf(lane.Encoder, files[i]), lane.Plan, _options.Patches)
                    {
                        Projection = lane.Projection is { } projection ? projection.Record with { Lane = i } : null,
                        Whitening = lane.Whitening is { } whitening ? whitening.Record with { Lane = i } : null,
                    })
            ],
            Reading = ReadingRecord.Of(_options.Reading),
            Tuning = _options.Tuning,
            Planted = PlantedOf(fitted, fusion, good.Count),
            Branches = branches,
            Fusion = fusion,
            Thresholds = thresholds,
            Fit = new FitRecord
            {
                Preset = _options.Preset,
                Images = [.. Enumerable.Range(0, good.Count).Select(image => good.Describe(image).Name)],
                ImageHashes = _hashes,
                Steps = [new FitStep(FitStep.Fit, good.Count, branches.Sum(branch => branch.Bank.Rows))],
                Patches = fitted.Sum(lane => lane.Patches),
                CoresetMethod = _options.Coreset.Method,
                CoresetFraction = _options.Coreset.Fraction,
                CoresetMaximum = _options.Coreset.Maximum,
                CoresetCount = _options.Coreset.Count,
                CoresetRadius = _options.Coreset.CoveringRadius,
                ProjectionDimension = _options.Coreset.ProjectionDimension,
                CoveringRadius = fitted.Max(lane => lane.CoveringRadius),
                Pieces = fitted.Max(lane => lane.Pieces),
                Calibration = fitted[0].Calibration,
                Folds = _options.Folds,
                Seed = _options.Seed,
                Device = OnnxPatchEncoder.DeviceOf(lanes[0].Encoder).ToString().ToLower(CultureInfo.InvariantCulture),
            },
        };
    }

    private BackboneRecord BackboneOf(IPatchEncoder encoder, BackboneFile? file) => new()
    {
        Name = encoder.Info.Name,
        Sha256 = encoder.Info.Identity,
        Taps = OnnxPatchEncoder.Under(encoder)?.Taps ?? [],
        Included = file is not null && _options.IncludeBackbone,
        Manifest = file?.Manifest,
        IsCustom = file is null,
    };

    // The maps themselves would be too many to keep.
    private sealed record ScoredPeak(double Score, double Peak, IReadOnlyList<double> BranchPeaks);
}
