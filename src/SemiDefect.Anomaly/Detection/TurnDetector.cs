using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// Detects whether the good images show their part in any orientation: then a turned good image scores no higher, among
/// the other good images, than it does as it is. Turned copies of few images then show what few images cannot.
/// Stateless; depends on the images, the options and the seed only.
/// </summary>
internal static class TurnDetector
{
    private const int Images = 12;
    private const int FewestImages = 8;

    // Training time grows with the number of turned images; a large set shows its orientations by itself.
    private const int MostTurnedImages = 400;

    // One patch in four answers, which is enough for a comparison.
    private const int RowShare = 4;

    // Positions among the turns by multiples of 45 degrees.
    private const int ByEighth = 1;
    private const int ByQuarter = 2;
    private const int ByHalf = 4;

    // In units of the spread of the scores of good images: what turning adds must not stand out from what good images
    // differ by anyway.
    private const double LargestRise = 1;

    // A few good images may agree by chance; relative to the score.
    private const double LeastSpread = 0.05;

    /// <summary>The number of turns to train with: 0, 4 or 8.</summary>
    /// <param name="lane">The lane that sees the whole part.</param>
    /// <param name="count">The number of good images.</param>
    /// <param name="read">Reads a good image.</param>
    /// <param name="options">The options of the fit.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static int Detect(
        Lane lane, int count, Func<int, Image> read, FitOptions options, CancellationToken cancellationToken)
    {
        if (count < FewestImages || 4 * count > MostTurnedImages)
        {
            return 0;
        }

        int sampled = Math.Min(Images, count);
        int[] images = [.. Enumerable.Range(0, sampled).Select(i => i * count / sampled)];
        double[] rises = RisesOf(lane, images, read, options, cancellationToken);
        bool isTurnedByQuarters = rises[ByQuarter] <= LargestRise && rises[ByHalf] <= LargestRise;
        return !isTurnedByQuarters ? 0
            : rises[ByEighth] <= LargestRise && 8 * count <= MostTurnedImages ? 8
            : 4;
    }

    /// <summary>
    /// By multiples of 45 degrees, the median rise of the logarithm of an image's score when it is turned, in units of
    /// the spread of that logarithm.
    /// </summary>
    internal static double[] RisesOf(
        Lane lane, int[] images, Func<int, Image> read, FitOptions options, CancellationToken cancellationToken)
    {
        var turned = lane with { Plan = lane.Plan with { Turns = 8, Flips = false, Brightness = null } };
        var stream = new EncodingStream([turned], options.BatchSize);
        List<PatchGrid>[] grids = [.. images.Select(_ => new List<PatchGrid>())];
        foreach (EncodedView view in stream.EncodeAll(
            images.Length, i => read(images[i]), ViewPurpose.Learn, cancellationToken))
        {
            grids[view.Image].Add(view.Grid);
        }

        int turns = turned.Plan.LearnedTurns;
        (FeatureMatrix Rows, int[] Groups)? sample =
            SampleOf([.. grids.Select(own => own.Take(own.Count / turns))], options.Seed);
        if (sample is not (var rows, var groups) || groups.Distinct().Count() < images.Length)
        {
            // Hardly anything lies in the region of interest.
            return [.. Enumerable.Repeat(double.PositiveInfinity, turns)];
        }

        using FeatureMatrix owned = rows;
        using INearestNeighbors search = NearestNeighbors.Create(rows, groups, options.Threads, options.Accelerator);
        double[][] scores = [.. grids.Select((own, image) => own.Chunk(own.Count / turns)
            .Select(grid => PortableMath.Log(ScoreOf(grid, search, image, options.Scoring, cancellationToken)))
            .ToArray())];
        double[] upright = [.. scores.Select(own => own[0])];
        double spread = Math.Max(ScoreScale.Of(upright).Spread, LeastSpread);
        return
        [
            .. Enumerable.Range(0, scores[0].Length)
                .Select(turn => ScoreScale.Of([.. scores.Select(own => own[turn] - own[0])]).Center / spread),
        ];
    }

    private static (FeatureMatrix Rows, int[] Groups)? SampleOf(IEnumerable<PatchGrid>[] grids, ulong seed)
    {
        var generator = new SeededGenerator(seed);
        var groups = new List<int>();
        var values = new List<float>();
        int columns = 0;
        for (int image = 0; image < grids.Length; image++)
        {
            foreach (PatchGrid grid in grids[image])
            {
                columns = grid.Dimension;
                for (int vector = 0; vector < grid.Layout.Count; vector++)
                {
                    if (generator.NextInt32(RowShare) == 0)
                    {
                        values.AddRange(grid.Vectors.Span.Slice(vector * columns, columns));
                        groups.Add(image);
                    }
                }
            }
        }

        return groups.Count == 0
            ? null
            : (FeatureMatrix.CopyOf(values.ToArray(), groups.Count, columns), [.. groups]);
    }

    // The highest smoothed distance over the views of one turn, to the patches of the other images.
    private static double ScoreOf(
        PatchGrid[] views,
        INearestNeighbors search,
        int image,
        ScoringOptions scoring,
        CancellationToken cancellationToken)
    {
        var nearest = new ScoringOptions { Smoothing = scoring.Smoothing };
        double highest = 0;
        foreach (PatchGrid grid in views.Where(grid => grid.Layout.Count > 0))
        {
            double[] distances = new double[grid.Layout.Count];
            int[] rows = new int[distances.Length];
            search.Search(grid.Vectors.Span, 1, distances, rows, BankFilter.Without(image), cancellationToken);
            highest = Math.Max(highest, PatchScores.Of(grid.Layout, distances, nearest).ImageScore);
        }

        // Copies of one image score 0.
        return Math.Max(highest, 1e-12);
    }
}
