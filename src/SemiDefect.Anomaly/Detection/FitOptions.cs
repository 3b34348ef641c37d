using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Calibration;
using SemiDefect.Anomaly.Detection;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Serialization;
using SemiDefect.Anomaly.Tuning;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly;

/// <summary>
/// All options that affect the result of a fit. The defaults are the preset <c>default</c>. Immutable; invalid values
/// are rejected when set, invalid combinations by <see cref="Validate"/>, which a fit calls first.
/// </summary>
public sealed record FitOptions
{
    /// <summary>The preset on which these options are based.</summary>
    public string Preset { get; init; } = FitPresets.Default;

    /// <summary>
    /// The networks, each with a branch of its own; if empty, <see cref="PreferredBackbone"/> if installed, else the
    /// embedded default.
    /// </summary>
    public IReadOnlyList<BackboneFile> Backbones { get; init; } = [];

    /// <summary>
    /// A custom encoder to use instead of networks, or null. The detector takes ownership of it and shares it with the
    /// detectors that updates and merges make of it; the last of them disposes of it. A saved detector can only be
    /// loaded with <see cref="LoadOptions.Encoder"/>.
    /// </summary>
    public IPatchEncoder? Encoder { get; init; }

    /// <summary>The name of the network that the preset prefers; used if it is in the user's folder.</summary>
    public string? PreferredBackbone { get; init; }

    /// <summary>
    /// The outputs to use; if empty, <see cref="PreferredTaps"/> if the network has them, else its own default.
    /// </summary>
    public IReadOnlyList<string> Taps { get; init; } = [];

    /// <summary>The outputs that the preset prefers; used if the network has all of them.</summary>
    public IReadOnlyList<string> PreferredTaps { get; init; } = [];

    /// <summary>How images are resized.</summary>
    public ResizeKind Resize { get; init; } = ResizeKind.ShorterSide;

    /// <summary>
    /// The size to resize to, in pixels; ignored with <see cref="ResizeKind.None"/>. With 0 and no
    /// <see cref="Scales"/>, two working sizes are chosen from the size of the images: one for the whole part and one
    /// for details.
    /// </summary>
    public int ResizeSize { get; init; }

    /// <summary>The side of the center crop in pixels, or null for none.</summary>
    public int? Crop { get; init; }

    /// <summary>
    /// The working sizes, each of which gets a branch of its own; if empty, <see cref="ResizeSize"/> only, or automatic
    /// sizes. Not with <see cref="ResizeKind.None"/>.
    /// </summary>
    public IReadOnlyList<int> Scales { get; init; } = [];

    /// <summary>The side of a tile in pixels at the working size; 0 for no tiling (<see cref="ViewPlan"/>).</summary>
    public int Tile { get; init; }

    /// <summary>The minimum overlap of neighboring tiles in pixels.</summary>
    public int TileOverlap { get; init; }

    /// <summary>
    /// The number of turns of the good images that are used for training: 0 (as they are), 4 or 8. Null for as many as
    /// the good images themselves show, if there are few images and the working sizes are automatic; otherwise 0.
    /// </summary>
    public int? Turns { get; init; }

    /// <summary>Whether training also uses mirrored good images.</summary>
    public bool Flips { get; init; }

    /// <summary>
    /// Factors of brightness at which training uses the good images as well, 0.1 to 4 in steps of 0.01 and without 1,
    /// for example 0.8 and 1.2; empty for none. For lines whose light changes.
    /// </summary>
    /// <exception cref="SemiDefectException">There are more than eight, or one cannot be.</exception>
    public IReadOnlyList<double> Brightness
    {
        get;
        init
        {
            _ = BrightnessFactors.Of(value);
            field = value;
        }
    } = [];

    /// <summary>
    /// Whether 16 good images or fewer, with automatic sizes, are used more fully: turned, with all patches up to the
    /// limit of the bank, each scored by all others; and a single image is scored by its own turned copies.
    /// </summary>
    public bool FewImages { get; init; } = true;

    /// <summary>The part of the images used for training and scoring; null for the whole image.</summary>
    public RegionOfInterest? Region { get; init; }

    /// <summary>How the scores of several branches are combined.</summary>
    public FusionRule Fusion { get; init; } = FusionRule.SoftMaximum;

    /// <summary>
    /// Whether each fold has a memory bank of its own, selected from all other folds; a new image gets the highest of
    /// their scores. For one network at one scale.
    /// </summary>
    public bool FoldBanks { get; init; }

    /// <summary>How patch embeddings are computed.</summary>
    public PatchOptions Patches { get; init; } = new();

    /// <summary>
    /// Whether a patch's score also takes into account how much the patches of the good images vary in the direction in
    /// which it deviates: the score becomes the geometric mean of its distance and of its distance after a
    /// <see cref="Search.Projections.Whitening"/>. Left out for a network and size whose patches cannot be whitened
    /// reliably, because there are too few good images, or have more than 1,024 values.
    /// </summary>
    public bool Whitening { get; init; } = true;

    /// <summary>
    /// A linear projection of patch vectors, learned on the good images alone, before the memory bank; null for none.
    /// <see cref="Whitening"/> comes after it; the command line turns that off with a projection, unless it is asked
    /// for.
    /// </summary>
    public ProjectionOptions? Projection { get; init; }

    /// <summary>
    /// The size of the memory bank and how it is selected. The default keeps a tenth of the patches, with a limit that
    /// depends on how many patches an image has (<see cref="CoresetFor"/>).
    /// </summary>
    public CoresetOptions Coreset { get; init; } = BankLimit.Default;

    /// <summary>How distances are turned into scores.</summary>
    public ScoringOptions Scoring { get; init; } = new() { Smoothing = 0.7 };

    /// <summary>How maps are computed.</summary>
    internal AnomalyMapOptions Map { get; init; } = new();

    /// <summary>How the thresholds are set.</summary>
    public ThresholdOptions Threshold { get; init; } = new();

    /// <summary>
    /// The largest share of the images that may be defective, 0 to 0.3. Above 0, images whose out-of-fold scores stand
    /// out are left out, up to this share, and the others are fitted again, twice at most. About 1 % of good images may
    /// be left out as well, so the false-alarm rate is then kept less exactly.
    /// </summary>
    public double Contamination
    {
        get;
        init =>
            field = value is >= 0 and <= 0.3
                ? value
                : throw new SemiDefectException($"The share of defective images must be from 0 to 0.3, not {value}.");
    }

    /// <summary>How good images are scored for the thresholds.</summary>
    public CalibrationMethod Calibration { get; init; }

    /// <summary>The number of folds, 2 to 1000; at most one per image is used.</summary>
    public int Folds
    {
        get;
        init =>
            field = value is >= 2 and <= 1000
                ? value
                : throw new SemiDefectException($"The number of folds must be between 2 and 1000, not {value}.");
    } = 5;

    /// <summary>The seed of the folds and of all other random choices.</summary>
    public ulong Seed { get; init; }

    /// <summary>The device of the backbone.</summary>
    public ExecutionDevice Device { get; init; } = ExecutionDevice.Auto;

    /// <summary>Images per run of the backbone, 1 to 1024. Does not change results on the CPU.</summary>
    public int BatchSize
    {
        get;
        init => field = LoadOptions.CheckedBatchSize(value);
    } = 8;

    /// <summary>Threads, or 0 for one per core. Does not change results.</summary>
    public int Threads
    {
        get;
        init => field = LoadOptions.CheckedThreads(value);
    }

    /// <summary>Runs the networks elsewhere; null for here. Does not change results. Not owned.</summary>
    public IEncoderHost? EncoderHost { get; init; }

    /// <summary>
    /// The device for searches and coreset selection; null for the CPU. Does not change results. Not owned: it must
    /// outlive the detector.
    /// </summary>
    public SearchAccelerator? Accelerator { get; init; }

    /// <summary>
    /// The memory limit, in bytes, for patch embeddings and everything derived from them; at least 64 MiB. If the
    /// embeddings take more than a quarter of it, the memory bank is selected piece by piece
    /// (<see cref="FitRecord.Pieces"/>), which changes the bank. The limit is therefore a fixed number, the same on
    /// every machine, and not a share of the machine's memory. The network, the images being processed and, with
    /// <see cref="Whitening"/>, up to 150 bytes x dimension x dimension come on top.
    /// </summary>
    public long MaxMemory
    {
        get;
        init => field = MemoryPlan.Checked(value);
    } = MemoryPlan.Default;

    /// <summary>Whether the detector file contains the network; otherwise it contains only its SHA-256.</summary>
    public bool IncludeBackbone { get; init; } = true;

    /// <summary>
    /// The number of good images to store in the detector file for <see cref="AnomalyDetector.Verify"/> to replay on
    /// other machines, 0 to 16. With 0, the file contains no images.
    /// </summary>
    public int GoldenImages
    {
        get;
        init =>
            field = value is >= 0 and <= DetectorFileLayout.LargestGoldenCount
                ? value
                : throw new SemiDefectException(
                    $"The number of golden images must be between 0 and {DetectorFileLayout.LargestGoldenCount}, not "
                        + $"{value}.");
    } = 2;

    /// <summary>What a tuning tried to choose these options, to be kept in the detector file; null for none.</summary>
    public TuningRecord? Tuning { get; init; }

    /// <summary>
    /// Plants defects in good images to be scored out of fold, like the good images, so that it is known what a
    /// threshold would find (<see cref="DetectorDescription.Planted"/>); null for none. Does not change any other
    /// result. Not with <see cref="FoldBanks"/>.
    /// </summary>
    public IDefectPlanter? Planter { get; init; }

    /// <summary>Limits on the images read.</summary>
    public ImageLimits ImageLimits { get; init; } = new();

    /// <summary>
    /// How many of the 16 bits of a sample the images use, 8 to 16; null to find it from the good images. See
    /// <see cref="ImageReading.BitDepth"/> and <see cref="ImageSurvey.BitDepth"/>.
    /// </summary>
    public int? BitDepth
    {
        get;
        init => field = new ImageReading { BitDepth = value }.BitDepth;
    }

    /// <summary>
    /// Which samples of deep pictures become black and white; with any but the full range, <see cref="BitDepth"/> must
    /// be null. See <see cref="ImageReading.Intensity"/>.
    /// </summary>
    public IntensityRange Intensity { get; init; } = IntensityRange.Full;

    /// <summary>The page of files with several pages, from 1; null for the first, which the logger is told.</summary>
    public int? Page
    {
        get;
        init => field = value is { } page ? new ImageReading { Page = page }.Page : null;
    }

    /// <summary>Told of what did not go as asked but could be helped, one line each.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Whether the spread of scores is averaged with an expected one; set for few images.</summary>
    internal bool ExpectsSpread { get; init; }

    /// <summary>How the images are read.</summary>
    internal ImageReading Reading =>
        new() { Limits = ImageLimits, BitDepth = BitDepth, Intensity = Intensity, Page = Page ?? 1 };

    /// <summary>Whether the working sizes are chosen from the images.</summary>
    internal bool HasAutomaticSize => Resize != ResizeKind.None && ResizeSize == 0 && Scales.Count == 0;

    /// <summary>Refuses combinations that cannot work.</summary>
    /// <exception cref="SemiDefectException">There is one; the message says what to do.</exception>
    public void Validate()
    {
        Threshold.Validate();
        if (Encoder is not null && Backbones.Count > 0)
        {
            throw new SemiDefectException("An encoder was given as well as backbones: give one or the other.");
        }

        if (BitDepth is not null && Intensity.Kind != IntensityKind.Full)
        {
            throw new SemiDefectException(
                "A bit depth is for the full range of samples, and a window or percentiles were given: leave out "
                    + "--bit-depth, --window or --window-percentiles.");
        }

        if (Scales.Count > 0 && Resize == ResizeKind.None)
        {
            throw new SemiDefectException(
                "Scales are sizes to resize to, but images are not resized: leave out --scales or '--resize none'.");
        }

        if (Scales.Distinct().Count() != Scales.Count
            || Backbones.Select(file => file.Sha256).Distinct().Count() != Backbones.Count)
        {
            throw new SemiDefectException("A scale or a backbone was given twice: name each once.");
        }

        if (FoldBanks && Math.Max(1, Scales.Count) * Math.Max(1, Backbones.Count) > 1)
        {
            throw new SemiDefectException(
                "A memory bank per fold (preset seed) goes with one backbone at one scale only: leave out the others.");
        }

        if (Tuning is not null && !TuningRules.IsValid(Tuning))
        {
            throw new SemiDefectException("The record of the tuning is not one that a tuning makes: leave it out.");
        }

        if (FoldBanks && Planter is not null)
        {
            throw new SemiDefectException(
                "Planted defects are scored without the fold of their image, which a memory bank per fold does not "
                    + "allow: leave them out.");
        }

        _ = Plans(BackboneInput.ImageNet).ToArray();
    }

    /// <summary>The size of the memory bank of a network and size.</summary>
    /// <param name="patches">The number of patches by which an image is inspected, 1 or more.</param>
    /// <returns>
    /// <see cref="Coreset"/>; with the default, at most 20,000 patches where an image has 4,096 or more, and up to
    /// 80,000 where it has fewer, so that the search takes no longer.
    /// </returns>
    public CoresetOptions CoresetFor(double patches) => BankLimit.For(Coreset, patches, MaxMemory);

    /// <summary>The views of a network's input, one plan per scale.</summary>
    /// <param name="input">How the network's input is normalized.</param>
    public IEnumerable<ViewPlan> Plans(BackboneInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        int size = Resize == ResizeKind.None ? 0 : HasAutomaticSize ? WorkingSizes.Whole : ResizeSize;
        foreach (int scale in Scales.Count > 0 ? Scales : [size])
        {
            var plan = new ViewPlan
            {
                Preprocessing = new PreprocessingOptions(Resize, scale, Crop, input.Mean, input.Std),
                Tile = Tile,
                TileOverlap = TileOverlap,
                Turns = Turns ?? 0,
                Flips = Flips,
                Brightness = BrightnessFactors.Of(Brightness),
                Region = Region,
            };
            plan.Validate();
            yield return plan;
        }
    }

    /// <summary>The requested networks; else the preset's, if installed; else the embedded default.</summary>
    /// <exception cref="BackboneException">The network cannot be used.</exception>
    public IReadOnlyList<BackboneFile> OpenBackbones()
    {
        if (Backbones.Count > 0)
        {
            return Backbones;
        }

        string name = BackboneFile.DefaultName;
        if (PreferredBackbone is { } preferred)
        {
            if (BackboneFile.FindInstalled(preferred) is not null)
            {
                name = preferred;
            }
            else
            {
                Logger.PreferredBackboneMissing(Preset, preferred, name);
            }
        }

        return [BackboneFile.Open(name)];
    }

    /// <summary>The options for running the fitted detector.</summary>
    internal LoadOptions ToLoad() => new()
    {
        Device = Device,
        Accelerator = Accelerator,
        Threads = Threads,
        BatchSize = BatchSize,
        Encoder = Encoder,
        ImageLimits = ImageLimits,
        Logger = Logger,
        MaxMemory = MaxMemory,
    };
}
