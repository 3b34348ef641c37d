using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Native;

/// <summary>sd_result of semidefect.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    public double Score;
    public double Threshold;
    public double Check;
    public double PixelThreshold;
    public double PValue;
    public int Decision;
    public int Width;
    public int Height;
    public int Regions;
}
