namespace SemiDefect.Anomaly.Native;

/// <summary>What a function returns: sd_status of semidefect.h.</summary>
internal enum Status
{
    Ok = 0,
    Argument = 1,
    Handle = 2,
    Detector = 3,
    Image = 4,
    Memory = 5,
    Internal = 6,
}
