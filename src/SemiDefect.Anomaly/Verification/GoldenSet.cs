using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Verification;

/// <summary>Chooses golden inputs and records what a detector makes of them. Thread-safe: nothing is kept.</summary>
internal static class GoldenSet
{
    /// <summary>The most bytes of pixels kept; inputs beyond are left out.</summary>
    public const int LargestTotal = 1 << 24;

    private const int PatchesSpread = 16;

    /// <summary>
    /// The good images to keep: spread over the held-out scores from the highest, the one nearest to being called abnormal, down to the
    /// median; without scores from the last image on.
    /// </summary>
    public static int[] Choose(int images, IReadOnlyList<double> heldOutScores, int count)
    {
        int[] order = heldOutScores.Count == images
            ? [.. Enumerable.Range(0, images).OrderBy(image => heldOutScores[image])]
            : [.. Enumerable.Range(0, images)];
        return [.. Enumerable.Range(0, count).Select(i => order[images - 1 - (int)((long)i * (images - 1) / Math.Max(count, 2))]).Distinct()];
    }

    /// <summary>Replays inputs and keeps what comes out.</summary>
    /// <param name="inputs">The inputs before normalization, with the number of the good image that each is.</param>
    /// <param name="replay">The detector.</param>
    public static IReadOnlyList<GoldenInput> Record(IEnumerable<(int Image, Image Input)> inputs, Func<Image, Replay> replay)
    {
        var golden = new List<GoldenInput>();
        long total = 0;
        foreach ((int image, Image input) in inputs)
        {
            total += input.Rgb.Length;
            if (total > LargestTotal)
            {
                break;
            }

            golden.Add(Keep(image, input, replay(input)));
        }

        return golden;
    }

    private static GoldenInput Keep(int image, Image input, Replay replay)
    {
        EmbeddedImage embedded = replay.Embedded;
        int hottest = Array.IndexOf(replay.PatchScores, replay.PatchScores.Max());
        int[] patches =
        [
            .. Enumerable.Range(0, PatchesSpread)
                .Select(i => (int)((long)i * (embedded.Patches - 1) / (PatchesSpread - 1)))
                .Append(hottest)
                .Distinct()
                .Order(),
        ];
        float[] features = new float[patches.Length * embedded.Dimension];
        for (int i = 0; i < patches.Length; i++)
        {
            embedded.Rows.Span.Slice(patches[i] * embedded.Dimension, embedded.Dimension).CopyTo(features.AsSpan(i * embedded.Dimension));
        }

        var record = new GoldenRecord
        {
            Image = image,
            Width = input.Width,
            Height = input.Height,
            GridWidth = embedded.GridWidth,
            GridHeight = embedded.GridHeight,
            Patches = patches,
            Score = replay.Score,
            Peak = replay.Peak,
        };
        return new GoldenInput(record, input.Rgb.ToArray(), features, replay.PatchScores);
    }
}
