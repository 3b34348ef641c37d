using System.Runtime.InteropServices;

namespace SemiDefect.Anomaly.Native;

/// <summary>sd_thresholds of semidefect.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeThresholds
{
    public double Threshold;
    public double Check;
    public double Pixel;
}
