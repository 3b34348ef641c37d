using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Verification;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// The processing of an image by a detector: views -> patch grids -> patch scores -> one score and one map. All scoring
/// uses this class: inspection, calibration (with a filter on the bank rows), verification, updates, evaluation.
/// Thread-safe. Owns the encoders of the lanes and the models of the branches.
/// </summary>
internal sealed class DetectorPipeline : IDisposable
{
    private readonly EncodingStream _stream;
    private readonly AnomalyMapBuilder[] _maps;

    /// <summary>Assembles a detector.</summary>
    /// <param name="lanes">The lanes, each shared by one or more branches.</param>
    /// <param name="branches">The branches, at least one; branches of the same lane are adjacent.</param>
    /// <param name="fusion">How the branches are combined.</param>
    /// <param name="batchSize">The number of views to encode together.</param>
    public DetectorPipeline(
        IReadOnlyList<Lane> lanes,
        IReadOnlyList<Branch> branches,
        ScoreFusion fusion,
        int batchSize)
    {
        Lanes = lanes;
        Branches = branches;
        Fusion = fusion;
        _stream = new EncodingStream(lanes, batchSize);
        _maps = [.. branches.Select(branch => new AnomalyMapBuilder(branch.Maps))];
    }

    /// <summary>The lanes, each shared by one or more branches.</summary>
    public IReadOnlyList<Lane> Lanes { get; }

    /// <summary>The branches.</summary>
    public IReadOnlyList<Branch> Branches { get; }

    /// <summary>How the branches are combined.</summary>
    public ScoreFusion Fusion { get; }

    /// <summary>Whether scored images keep their patches, by which regions are described.</summary>
    public bool KeepsGrids { get; init; }

    /// <summary>Crops and normalizes all views that are needed to score an image.</summary>
    public PreparedImage Prepare(Image image)
    {
        using System.Diagnostics.Activity? activity = EngineTelemetry.Start(InspectionStage.Preprocessing);
        return _stream.Prepare(image);
    }

    /// <summary>Scores one image.</summary>
    public ScoredImage Score(Image image, CancellationToken cancellationToken) =>
        Score(_stream.Encode(image, cancellationToken), _ => BankFilter.All, cancellationToken, KeepsGrids)
            .Single()
            .Scored;

    /// <summary>Scores one image, and keeps its patches.</summary>
    public ScoredImage ScoreWithGrids(Image image, CancellationToken cancellationToken) => Score(
        _stream.Encode(image, cancellationToken), _ => BankFilter.All, cancellationToken, keepsGrids: true)
        .Single()
        .Scored;

    /// <summary>Scores prepared images, in order.</summary>
    public IEnumerable<(int Index, ScoredImage Scored)> ScoreAll(
        IReadOnlyList<PreparedImage> images,
        CancellationToken cancellationToken) =>
        Score(_stream.Encode(images, cancellationToken), _ => BankFilter.All, cancellationToken, KeepsGrids);

    /// <summary>Scores the images returned by <paramref name="read"/> for 0 .. count - 1, in order.</summary>
    /// <param name="count">The number of images.</param>
    /// <param name="read">Reads one image, from any thread; returns null to skip it.</param>
    /// <param name="filter">The bank rows that may be used for an image; null for all.</param>
    /// <param name="cancellationToken">Stops between views.</param>
    public IEnumerable<(int Index, ScoredImage Scored)> ScoreAll(
        int count, Func<int, Image?> read, Func<int, BankFilter>? filter, CancellationToken cancellationToken) =>
        Score(
            _stream.EncodeAll(count, read, ViewPurpose.Inspect, cancellationToken),
            filter ?? (_ => BankFilter.All),
            cancellationToken,
            KeepsGrids);

    /// <summary>Scores a stored canvas, and returns the patches of the first non-empty view of each lane.</summary>
    /// <param name="pictures">The canvas of each lane.</param>
    /// <param name="width">The width of the original; 0 if only the canvas is known.</param>
    /// <param name="height">The height of the original.</param>
    public Replay Replay(IReadOnlyList<Image> pictures, int width, int height)
    {
        EncodedView[] views = [.. _stream.Encode([_stream.Prepare(pictures, width, height)], CancellationToken.None)];
        ScoredImage scored = Score(views, _ => BankFilter.All, CancellationToken.None).Single().Scored;

        // The banks of folds share their patches, each of which counts once.
        IEnumerable<PatchScores> patches = Branches.Count > Lanes.Count
            ? HighestOfViews(scored.Branches)
            : scored.Branches.SelectMany(branch => branch.Views);
        return new Replay(
            [.. views.GroupBy(view => view.Lane, view => view.Grid).Select(FirstWithPatches)],
            [.. patches.SelectMany(view => view.Values)],
            scored.Score,
            scored.Map.Peak);
    }

    // The first tiles may lie outside the region of interest.
    private static PatchGrid FirstWithPatches(IEnumerable<PatchGrid> grids) =>
        grids.FirstOrDefault(grid => grid.Layout.Count > 0) ?? grids.First();

    /// <summary>Combines the results of all branches for an image.</summary>
    /// <param name="branches">The result of each branch.</param>
    public ScoredImage Fuse(IReadOnlyList<BranchScores> branches)
    {
        using System.Diagnostics.Activity? activity = EngineTelemetry.Start(InspectionStage.Map);
        double[] scores = [.. branches.Select(branch => branch.ImageScore)];
        (AnomalyMap map, InputGeometry canvas, double[] peaks) = Fusion.Scales.Count == 0
            ? MapOfOneLane(branches)
            : MapOfAllBranches(branches);
        return new ScoredImage(Fusion.ImageScore(scores), map, canvas, branches, Fusion.Decisive(scores))
        {
            BranchPeaks = peaks,
        };
    }

    /// <summary>
    /// The map of the finest lane alone, at the size of the original image and on the scale of the pixel threshold. It
    /// is sharper than that of all lanes.
    /// </summary>
    public AnomalyMap SharpMap(ScoredImage scored)
    {
        if (Fusion.Scales.Count == 0)
        {
            return scored.Map.ToOriginal(scored.Canvas);
        }

        (AnomalyMap Map, InputGeometry Canvas)[] maps =
            [.. scored.Branches.Select((branch, i) => MapOf(i, branch.Views))];
        int finest = Enumerable.Range(0, maps.Length)
            .MaxBy(i => (long)maps[i].Canvas.InputWidth * maps[i].Canvas.InputHeight);
        return Fusion.Scale(finest, maps[finest].Map).ToOriginal(maps[finest].Canvas);
    }

    /// <summary>Frees the encoders and models.</summary>
    public void Dispose()
    {
        foreach (Branch branch in Branches)
        {
            branch.Model.Dispose();
        }

        LaneFactory.DisposeOf(Lanes);
    }

    private IEnumerable<(int Index, ScoredImage Scored)> Score(
        IEnumerable<EncodedView> views,
        Func<int, BankFilter> filter,
        CancellationToken cancellationToken,
        bool keepsGrids = false)
    {
        var scores = new List<PatchScores>[Branches.Count];
        List<PatchGrid>[]? grids = null;
        foreach (EncodedView view in views)
        {
            if (keepsGrids)
            {
                grids ??= [.. Lanes.Select(_ => new List<PatchGrid>())];
                grids[view.Lane].Add(view.Grid);
            }

            for (int branch = 0; branch < scores.Length; branch++)
            {
                if (Branches[branch].Lane == view.Lane)
                {
                    using System.Diagnostics.Activity? activity = EngineTelemetry.Start(InspectionStage.Search);
                    (scores[branch] ??= [])
                        .Add(Branches[branch].Model.Score(view.Grid, filter(view.Image), cancellationToken));
                }
            }

            if (view.IsLast)
            {
                BranchScores[] branches = [.. scores.Select((one, i) => BranchScores.Of(one, Branches[i].Scoring))];
                yield return (view.Image, Fuse(branches) with { Grids = grids });
                Array.Clear(scores);
                grids = null;
            }
        }
    }

    // One branch, or several over the same patches: each patch takes its highest score before the map is built.
    private (AnomalyMap Map, InputGeometry Canvas, double[] Peaks) MapOfOneLane(IReadOnlyList<BranchScores> branches)
    {
        (AnomalyMap map, InputGeometry canvas) = MapOf(0, HighestOfViews(branches));
        return (map, canvas, []);
    }

    private static PatchScores[] HighestOfViews(IReadOnlyList<BranchScores> branches) =>
    [
        .. Enumerable.Range(0, branches[0].Views.Count)
            .Select(view => ScoreFusion.HighestOf([.. branches.Select(branch => branch.Views[view])])),
    ];

    // Each branch builds its own map; all maps are resampled to the finest one.
    private (AnomalyMap Map, InputGeometry Canvas, double[] Peaks) MapOfAllBranches(
        IReadOnlyList<BranchScores> branches)
    {
        (AnomalyMap Map, InputGeometry Canvas)[] maps = [.. branches.Select((branch, i) => MapOf(i, branch.Views))];
        InputGeometry finest = maps.MaxBy(map => (long)map.Canvas.InputWidth * map.Canvas.InputHeight).Canvas;
        AnomalyMap[] resampled = [.. maps.Select(map => AnomalyMapBuilder.Resample(map.Map, map.Canvas, finest))];
        return (Fusion.Combine(resampled), finest, [.. resampled.Select(map => (double)map.Peak)]);
    }

    private (AnomalyMap Map, InputGeometry Canvas) MapOf(int branch, IReadOnlyList<PatchScores> views)
    {
        ViewPlan plan = Lanes[Branches[branch].Lane].Plan;
        InputGeometry window = views[0].Layout.View.Geometry;
        InputGeometry canvas = views.Count == 1 ? window : plan.Canvas(window.OriginalWidth, window.OriginalHeight);
        return (_maps[branch].Build(views, canvas, plan.TileOverlap), canvas);
    }
}

/// <summary>A view plan with an encoder, computed once for all branches on it. Owns the encoder. Thread-safe.</summary>
/// <param name="Plan">The views of an image.</param>
/// <param name="Encoder">Turns views into patches.</param>
internal sealed record Lane(ViewPlan Plan, IPatchEncoder Encoder)
{
    /// <summary>Projects the patches of the encoder, for all branches; null for none. Owned.</summary>
    public PatchProjection? Projection { get; init; }

    /// <summary>Weighs the deviations of its patches, for all branches; null for none. Owned.</summary>
    public PatchWhitening? Whitening { get; init; }
}

/// <summary>
/// A path from images to scores: a lane (view plan and encoder) and a patch model. Thread-safe. Owns the model.
/// </summary>
/// <param name="Lane">The index of the lane.</param>
/// <param name="Model">The model of normal patches.</param>
/// <param name="Scoring">How patch scores are combined into an image score.</param>
/// <param name="Maps">How patch scores are turned into a map.</param>
internal sealed record Branch(int Lane, IPatchModel Model, ScoringOptions Scoring, AnomalyMapOptions Maps);

/// <summary>The scores of an image by all branches. Treat as immutable; then thread-safe.</summary>
/// <param name="Score">The image score.</param>
/// <param name="Map">The anomaly map at the size of <paramref name="Canvas"/>.</param>
/// <param name="Canvas">The position of the map on the original.</param>
/// <param name="Branches">The scores of each branch.</param>
/// <param name="Decisive">The branch with the highest score on the common scale.</param>
internal sealed record ScoredImage(
    double Score, AnomalyMap Map, InputGeometry Canvas, IReadOnlyList<BranchScores> Branches, int Decisive)
{
    /// <summary>The score of each branch before it is brought to the common scale.</summary>
    public IReadOnlyList<double> BranchImageScores => [.. Branches.Select(branch => branch.ImageScore)];

    /// <summary>
    /// The highest value of each branch's map before it is brought to the common scale; empty where there is none.
    /// </summary>
    public IReadOnlyList<double> BranchPeaks { get; init; } = [];

    /// <summary>The patches of each lane's views; null unless regions are to be described.</summary>
    public IReadOnlyList<IReadOnlyList<PatchGrid>>? Grids { get; init; }
}
