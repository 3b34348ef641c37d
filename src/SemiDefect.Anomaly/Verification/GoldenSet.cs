using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Verification;

/// <summary>Selects golden inputs and records the detector's output for them. Stateless and thread-safe.</summary>
internal static class GoldenSet
{
    /// <summary>The maximum size of the stored pixels in bytes; further inputs are left out.</summary>
    public const int LargestTotal = 1 << 24;

    private const int PatchesSpread = 16;

    /// <summary>
    /// The good images to store, spread over the out-of-fold scores from the highest (closest to a false alarm) down to
    /// the median; without scores, starting from the last image.
    /// </summary>
    public static int[] Choose(int images, IReadOnlyList<double> heldOutScores, int count)
    {
        int[] order = heldOutScores.Count == images
            ? [.. Enumerable.Range(0, images).OrderBy(image => heldOutScores[image])]
            : [.. Enumerable.Range(0, images)];
        return [
            .. Enumerable.Range(0, count)
                .Select(i => order[images - 1 - (int)((long)i * (images - 1) / Math.Max(count, 2))])
                .Distinct()
        ];
    }

    /// <summary>Replays images and records the output.</summary>
    /// <param name="inputs">The images: index, size of the original (0 if only the canvas is known), canvas of each
    /// lane.</param>
    /// <param name="replay">The detector.</param>
    public static IReadOnlyList<GoldenInput> Record(
        IEnumerable<(int Image, int Width, int Height, IReadOnlyList<Image> Canvases)> inputs,
        Func<IReadOnlyList<Image>, int, int, Replay> replay)
    {
        var golden = new List<GoldenInput>();
        long total = 0;
        foreach ((int image, int width, int height, IReadOnlyList<Image> canvases) in inputs)
        {
            total += canvases.Sum(canvas => (long)canvas.Rgb.Length);
            if (total > LargestTotal)
            {
                break;
            }

            golden.Add(Keep(image, width, height, canvases, replay(canvases, width, height)));
        }

        return golden;
    }

    /// <summary>The canvas of each lane for a golden image.</summary>
    public static IReadOnlyList<Image> CanvasesOf(GoldenInput input) =>
        [.. input.Record.Lanes.Select((lane, i) => new Image(lane.Width, lane.Height, input.Pixels[i]))];

    private static GoldenInput Keep(int image, int width, int height, IReadOnlyList<Image> canvases, Replay replay)
    {
        int hottest = Array.IndexOf(replay.PatchScores, replay.PatchScores.Max());
        var lanes = new List<GoldenLane>();
        var features = new List<float[]>();
        for (int lane = 0; lane < canvases.Count; lane++)
        {
            PatchGrid grid = replay.FirstViews[lane];
            int count = grid.Layout.Count;
            int[] patches =
            [
                .. Enumerable.Range(0, PatchesSpread)
                    .Select(i => (int)((long)i * (count - 1) / (PatchesSpread - 1)))
                    .Concat(lane == 0 && hottest < count ? [hottest] : [])
                    .Distinct()
                    .Order(),
            ];
            float[] kept = new float[patches.Length * grid.Dimension];
            for (int i = 0; i < patches.Length; i++)
            {
                grid.Vectors.Span.Slice(patches[i] * grid.Dimension, grid.Dimension)
                    .CopyTo(kept.AsSpan(i * grid.Dimension));
            }

            lanes.Add(new GoldenLane(canvases[lane].Width, canvases[lane].Height, patches));
            features.Add(kept);
        }

        var record = new GoldenRecord
        {
            Image = image,
            OriginalWidth = width,
            OriginalHeight = height,
            Lanes = lanes,
            Score = replay.Score,
            Peak = replay.Peak,
        };
        return new GoldenInput(
            record, [.. canvases.Select(canvas => canvas.Rgb.ToArray())], features, replay.PatchScores);
    }
}

/// <summary>The output of a detector for one golden image. Treat as immutable; then thread-safe.</summary>
/// <param name="FirstViews">The patches of each lane's first view.</param>
/// <param name="PatchScores">The score of every patch, by branch, view and patch; with a bank per fold, the maximum
/// over the banks.</param>
/// <param name="Score">The image score.</param>
/// <param name="Peak">The maximum of the map at its working size.</param>
internal sealed record Replay(IReadOnlyList<PatchGrid> FirstViews, double[] PatchScores, double Score, double Peak);
