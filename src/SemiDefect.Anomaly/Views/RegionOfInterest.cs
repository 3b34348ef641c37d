using System.Security.Cryptography;
using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// The part of every image that is inspected: a rectangle in the original's pixels, and optionally a mask within it.
/// Pixels outside are excluded from training and scoring. Immutable and thread-safe.
/// </summary>
public sealed record RegionOfInterest
{
    /// <summary>Creates a rectangle.</summary>
    /// <param name="left">The first column, 0 or more.</param>
    /// <param name="top">The first row, 0 or more.</param>
    /// <param name="width">The width, 1 or more.</param>
    /// <param name="height">The height, 1 or more.</param>
    /// <exception cref="SemiDefectException">A value is out of range.</exception>
    [JsonConstructor]
    public RegionOfInterest(int left, int top, int width, int height)
    {
        if (left < 0
            || top < 0
            || width < 1
            || height < 1
            || (long)left + width > int.MaxValue
            || (long)top + height > int.MaxValue)
        {
            throw new SemiDefectException(
                $"A region of interest of {width} x {height} pixels at ({left}, {top}) is invalid: give left, top, "
                    + "width and height in pixels.");
        }

        (Left, Top, Width, Height) = (left, top, width, height);
    }

    /// <summary>The first column.</summary>
    public int Left { get; }

    /// <summary>The first row.</summary>
    public int Top { get; }

    /// <summary>The width.</summary>
    public int Width { get; }

    /// <summary>The height.</summary>
    public int Height { get; }

    /// <summary>The width of the images that the mask was drawn for; 0 without a mask.</summary>
    public int ImageWidth { get; init; }

    /// <summary>The height of the images that the mask was drawn for; 0 without a mask.</summary>
    public int ImageHeight { get; init; }

    /// <summary>SHA-256 of the mask, hexadecimal; null without one.</summary>
    public string? MaskSha256 { get; init; }

    /// <summary>Whether there is a mask.</summary>
    [JsonIgnore]
    public bool HasMask => MaskSha256 is not null;

    /// <summary>One byte per pixel of the rectangle, row by row: 1 inside, 0 outside; empty without a mask.</summary>
    [JsonIgnore]
    internal byte[] Mask { get; init; } = [];

    /// <summary>Creates a region from a mask image: any channel above 0 marks the inspected pixels.</summary>
    /// <param name="mask">An image of the same size as the images to inspect.</param>
    /// <exception cref="SemiDefectException">It marks no pixel.</exception>
    public static RegionOfInterest FromMask(Image mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        byte[] marks = new byte[mask.Width * mask.Height];
        (int left, int top, int right, int bottom) = (mask.Width, mask.Height, -1, -1);
        for (int i = 0; i < marks.Length; i++)
        {
            if (mask.Rgb.Slice(3 * i, 3).ContainsAnyExcept((byte)0))
            {
                marks[i] = 1;
                (left, right) = (Math.Min(left, i % mask.Width), Math.Max(right, i % mask.Width));
                (top, bottom) = (Math.Min(top, i / mask.Width), Math.Max(bottom, i / mask.Width));
            }
        }

        if (right < 0)
        {
            throw new SemiDefectException(
                "The mask of the region of interest marks no pixel: draw the area to inspect in white on black.");
        }

        var region = new RegionOfInterest(left, top, right - left + 1, bottom - top + 1);
        byte[] inside = new byte[region.Width * region.Height];
        for (int y = 0; y < region.Height; y++)
        {
            marks.AsSpan((top + y) * mask.Width + left, region.Width).CopyTo(inside.AsSpan(y * region.Width));
        }

        return region with
        {
            ImageWidth = mask.Width,
            ImageHeight = mask.Height,
            MaskSha256 = Convert.ToHexStringLower(SHA256.HashData(inside)),
            Mask = inside,
        };
    }

    /// <summary>Whether a pixel of the original is inside.</summary>
    public bool Contains(int x, int y)
    {
        x -= Left;
        y -= Top;
        return (uint)x < (uint)Width && (uint)y < (uint)Height && (!HasMask || Mask[y * Width + x] != 0);
    }

    /// <summary>Checks that the region fits an image.</summary>
    /// <exception cref="SemiDefectException">The image is too small, or its size differs from that of the
    /// mask.</exception>
    internal void RequireFits(int width, int height)
    {
        if (HasMask && (width, height) != (ImageWidth, ImageHeight))
        {
            throw new SemiDefectException(
                $"The mask of the region of interest is for images of {ImageWidth} x {ImageHeight} pixels, not {width} "
                    + $"x {height}.");
        }

        if (Left + Width > width || Top + Height > height)
        {
            throw new SemiDefectException(
                $"The region of interest ({Width} x {Height} pixels at ({Left}, {Top})) does not lie on an image of "
                    + $"{width} x {height} pixels.");
        }
    }

    /// <inheritdoc/>
    public bool Equals(RegionOfInterest? other) =>
        other is not null
        && (Left, Top, Width, Height) == (other.Left, other.Top, other.Width, other.Height)
        && (ImageWidth, ImageHeight) == (other.ImageWidth, other.ImageHeight)
        && MaskSha256 == other.MaskSha256;

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Left, Top, Width, Height, ImageWidth, ImageHeight, MaskSha256);
}
