using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Native;

/// <summary>sd_region of semidefect.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeRegion
{
    public double CentroidX;
    public double CentroidY;
    public int X;
    public int Y;
    public int Width;
    public int Height;
    public int Area;
    public float Peak;
    public int PeakX;
    public int PeakY;
}
