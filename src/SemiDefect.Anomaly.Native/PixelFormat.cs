namespace SemiDefect.Anomaly.Native;

/// <summary>The order of the bytes of a pixel: sd_pixel_format of semidefect.h.</summary>
internal enum PixelFormat
{
    Gray8 = 1,
    Rgb24 = 3,
    Rgba32 = 4,
    Bgr24 = 0x103,
    Bgra32 = 0x104,
}
