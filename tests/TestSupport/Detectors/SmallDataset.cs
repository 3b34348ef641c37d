using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// A data set of striped parts in the layout of MVTec AD: 12 training images, 6 good test images, and 3 with a blot.
/// </summary>
internal static class SmallDataset
{
    public const int Width = 96;
    public const int Height = 64;

    /// <summary>Writes the data set; without masks, ground_truth is missing.</summary>
    public static string Write(string folder, bool masks = true)
    {
        string parts = SyntheticParts.WriteGood(Path.Combine(folder, "parts"), 18);
        for (int i = 0; i < 18; i++)
        {
            Move(
                Path.Combine(parts, $"{i:D3}.png"),
                Path.Combine(folder, i < 12 ? "train/good" : "test/good", $"{i:D3}.png"));
        }

        Directory.Delete(parts);
        for (int i = 0; i < 3; i++)
        {
            // A check would find copies of one image, so each is slightly smaller.
            SyntheticParts.WriteBad(Path.Combine(folder, $"test/blot/{i:D3}.png"), Width, Height - i);
            if (masks)
            {
                WriteMask(Path.Combine(folder, $"ground_truth/blot/{i:D3}_mask.png"), Width, Height - i);
            }
        }

        return folder;
    }

    public static void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(from, to);
    }

    public static void WriteMask(string path, int width, int height)
    {
        byte[] mask = new byte[width * height];
        for (int y = SyntheticParts.BlotTop; y < SyntheticParts.BlotTop + SyntheticParts.BlotSide; y++)
        {
            mask.AsSpan(y * width + SyntheticParts.BlotLeft, SyntheticParts.BlotSide).Fill(255);
        }

        AtomicFile.Write(path, stream => PngWriter.Write(stream, width, height, 1, mask));
    }
}
