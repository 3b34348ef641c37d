namespace SemiDefect.Anomaly.Gpu;

/// <summary>An accelerator that was asked for cannot serve.</summary>
public sealed class AcceleratorException : SemiDefectException
{
    /// <summary>Makes an exception whose message is shown to the user as it is.</summary>
    public AcceleratorException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
