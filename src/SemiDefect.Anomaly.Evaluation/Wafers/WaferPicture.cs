using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>
/// Reads a wafer map from a small picture with one pixel for each die, whose colors are all of one known set.
/// Stateless.
/// </summary>
internal static class WaferPicture
{
    // No die, pass, fail. The last ones are those of the view for people.
    private static readonly int[][] Palettes =
    [
        [0x000000, 0x010101, 0x020202],
        [0x000000, 0x7F7F7F, 0xFFFFFF],
        [0x000000, 0x808080, 0xFFFFFF],
        [.. WaferColors.All.Select(color => (color[0] << 16) | (color[1] << 8) | color[2])],
    ];

    /// <summary>Reads.</summary>
    /// <exception cref="SemiDefectException">It is no such picture.</exception>
    public static WaferMap Read(ReadOnlyMemory<byte> bytes, string path)
    {
        Image image = ImageFile.Decode(
            bytes, path, new ImageLimits(maxPixels: WaferMap.LargestSide * WaferMap.LargestSide));
        byte[] states = new byte[image.Width * image.Height];
        foreach (int[] palette in Palettes)
        {
            if (TryRead(image, palette, states))
            {
                return new WaferMap(image.Height, image.Width, states);
            }
        }

        throw new SemiDefectException(
            "the picture has other colors than those of a map: gray 0, 1, 2, gray 0, 127 or 128, 255, or black, green "
                + "and red as 'semidefect wafers --view colors' writes them, with one pixel for each die.");
    }

    private static bool TryRead(Image image, int[] palette, byte[] states)
    {
        for (int i = 0; i < states.Length; i++)
        {
            ReadOnlySpan<byte> pixel = image.Rgb.Slice(3 * i, 3);
            int state = Array.IndexOf(palette, (pixel[0] << 16) | (pixel[1] << 8) | pixel[2]);
            if (state < 0)
            {
                return false;
            }

            states[i] = (byte)state;
        }

        return true;
    }
}
