using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Tuning;

namespace SemiDefect.Anomaly.Tests.Tuning;

/// <summary>Plants a square in some images, or nothing, so that the picture stays the good one.</summary>
internal sealed class TinyPlanter(bool isChanging = true) : IDefectPlanter
{
    private const int Side = 4;

    public IReadOnlyList<int> Choose(int count) =>
        [.. Enumerable.Range(0, count).Where(image => !isChanging || image % 2 == 0)];

    public IReadOnlyList<PlantedPicture> Plant(int index, int count, Image image) =>
    [
        .. Enumerable.Range(0, 2).Select(step =>
        {
            (int left, int top) = (image.Width / 2, image.Height / 2);
            byte[] rgb = [.. image.Rgb];
            for (int y = top; isChanging && y < top + Side; y++)
            {
                rgb.AsSpan(3 * (y * image.Width + left), 3 * Side).Fill((byte)(step == 0 ? 255 : 0));
            }

            return new PlantedPicture(
                new Image(image.Width, image.Height, rgb), "spot", step, Side + Side * step, (left, top, Side, Side));
        }),
    ];
}
