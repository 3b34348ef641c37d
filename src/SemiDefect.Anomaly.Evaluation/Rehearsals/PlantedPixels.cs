using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Evaluation.Rehearsals;

/// <summary>The picture that a defect is being planted in, and where it has been changed. Not thread-safe.</summary>
internal sealed class PlantedPixels
{
    private readonly PictureProfile _profile;
    private readonly byte[] _rgb;
    private readonly byte[] _mask;

    /// <summary>Copies the picture.</summary>
    public PlantedPixels(PictureProfile profile)
    {
        _profile = profile;
        _rgb = profile.Image.Rgb.ToArray();
        _mask = new byte[profile.Image.Width * profile.Image.Height];
    }

    /// <summary>Changes what a mask touches, and marks it.</summary>
    /// <param name="mask">The mask; what lies outside the picture is left out.</param>
    /// <param name="change">What to add, given the channel, the pixel and its share of the mask.</param>
    public void Change(SoftMask mask, Func<int, int, double, double> change)
    {
        (int width, int height) = (_profile.Image.Width, _profile.Image.Height);
        for (int i = 0; i < mask.Values.Length; i++)
        {
            (int x, int y) = (mask.Left + i % mask.Side, mask.Top + i / mask.Side);
            if (mask.Values[i] > 0 && x >= 0 && y >= 0 && x < width && y < height)
            {
                int pixel = y * width + x;
                for (int channel = 0; channel < _profile.Channels; channel++)
                {
                    double value = _profile.Image.Rgb[3 * pixel + channel] + change(channel, pixel, mask.Values[i]);
                    Set(pixel, channel, value, true);
                }
            }
        }
    }

    /// <summary>Sets one value; in a gray picture that of channel 0 sets all three.</summary>
    public void Set(int pixel, int channel, double value, bool isMarked)
    {
        byte rounded = (byte)Math.Clamp(Math.Round(value), 0, 255);
        _rgb.AsSpan(3 * pixel + channel, _profile.Channels == 1 ? 3 - channel : 1).Fill(rounded);
        if (isMarked)
        {
            _mask[pixel] = 255;
        }
    }

    /// <summary>The result. Takes over the pixels: nothing can be changed afterwards.</summary>
    public PlantedImage ToImage()
    {
        (int width, int height) = (_profile.Image.Width, _profile.Image.Height);
        (int left, int top, int right, int bottom) = (width, height, -1, -1);
        for (int i = 0; i < _mask.Length; i++)
        {
            if (_mask[i] != 0)
            {
                (left, right) = (Math.Min(left, i % width), Math.Max(right, i % width));
                (top, bottom) = (Math.Min(top, i / width), Math.Max(bottom, i / width));
            }
        }

        return new PlantedImage(
            new Image(width, height, _rgb), _mask, (left, top, right - left + 1, bottom - top + 1));
    }
}
