namespace SemiDefect.Anomaly.Gpu;

/// <summary>A requested accelerator is not available or has failed.</summary>
public sealed class AcceleratorException : SemiDefectException
{
    /// <summary>Creates an exception whose message is shown to the user.</summary>
    public AcceleratorException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
