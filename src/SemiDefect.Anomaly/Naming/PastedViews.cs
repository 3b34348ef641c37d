using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Naming;

/// <summary>
/// Pictures with views of labeled defects: each defect is turned, mirrored and pasted into good images, several defects
/// at a time, at places drawn by the seed. Stateless.
/// </summary>
internal static class PastedViews
{
    private const int MostViews = 1200;
    private const int FewestPerDefect = 2;
    private const int MostPerDefect = 8;
    private const int PerPicture = 4;
    private const int Attempts = 30;
    private const int Gap = 16;

    /// <summary>The number of views of each of some defects.</summary>
    public static int PerDefect(int defects) =>
        defects == 0 ? 0 : Math.Clamp(MostViews / defects, FewestPerDefect, MostPerDefect);

    /// <summary>The number of pictures for some defects.</summary>
    public static int PicturesFor(int defects) => (defects * PerDefect(defects) + PerPicture - 1) / PerPicture;

    /// <summary>Draws the pictures.</summary>
    /// <param name="cutOuts">The defects, by number; null for those that are not pasted.</param>
    /// <param name="good">The images to paste into; at least one.</param>
    /// <param name="inspected">The part of an image of some size that is inspected.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static IEnumerable<(Image Picture, IReadOnlyList<PastedView> Pasted)> Draw(
        IReadOnlyList<CutOut?> cutOuts,
        GoodBackgrounds good,
        Func<int, int, (int Left, int Top, int Width, int Height)> inspected,
        ulong seed,
        CancellationToken cancellationToken)
    {
        int[] defects = [.. Enumerable.Range(0, cutOuts.Count).Where(defect => cutOuts[defect] is not null)];
        var generator = new SeededGenerator(seed);
        var queue = new List<(int Defect, int Variant)>();
        int[][] variants = [.. defects.Select(_ =>
        {
            int[] order = [0, 1, 2, 3, 4, 5, 6, 7];
            generator.Shuffle<int>(order);
            return order;
        })];
        for (int view = 0; view < PerDefect(defects.Length); view++)
        {
            int[] order = [.. Enumerable.Range(0, defects.Length)];
            generator.Shuffle<int>(order);
            queue.AddRange(order.Select(i => (defects[i], variants[i][view % variants[i].Length])));
        }

        foreach ((int Defect, int Variant)[] chunk in queue.Chunk(PerPicture))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Image background = good.Read(generator.NextInt32(good.Count), cancellationToken);
            byte[] rgb = background.Rgb.ToArray();
            (int left, int top, int width, int height) = inspected(background.Width, background.Height);
            var pasted = new List<PastedView>();
            var taken = new List<(int Left, int Top, int Right, int Bottom)>();
            foreach ((int defect, int variant) in chunk)
            {
                CutOut turned = cutOuts[defect]!.Turn(variant);
                if (turned.Width > width || turned.Height > height)
                {
                    continue;
                }

                for (int attempt = 0; attempt < Attempts; attempt++)
                {
                    int x = left + generator.NextInt32(width - turned.Width + 1);
                    int y = top + generator.NextInt32(height - turned.Height + 1);
                    if (!taken.Any(one => x < one.Right + Gap && one.Left < x + turned.Width + Gap
                        && y < one.Bottom + Gap && one.Top < y + turned.Height + Gap))
                    {
                        (RegionPixels pixels, DefectBox? box) = turned.Paste(rgb, background.Width, x, y);
                        pasted.Add(new PastedView(defect, pixels, box));
                        taken.Add((x, y, x + turned.Width, y + turned.Height));
                        break;
                    }
                }
            }

            if (pasted.Count > 0)
            {
                yield return (new Image(background.Width, background.Height, rgb), pasted);
            }
        }
    }
}
