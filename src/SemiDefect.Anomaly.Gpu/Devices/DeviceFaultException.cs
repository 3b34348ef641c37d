namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>A device returned an impossible result: its memory, driver or compiler is faulty.</summary>
internal sealed class DeviceFaultException(string message) : Exception(message);
