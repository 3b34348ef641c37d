namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>A device gave an answer that cannot be: its memory, its driver or its compiler is at fault.</summary>
internal sealed class DeviceFaultException(string message) : Exception(message);
