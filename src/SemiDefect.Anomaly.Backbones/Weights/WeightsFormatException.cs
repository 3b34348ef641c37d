namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>A weights file cannot be read: damaged, of an unknown format, or holding more than plain tensors.</summary>
public sealed class WeightsFormatException : SemiDefectException
{
    /// <summary>Makes an exception whose message is shown to the user as it is.</summary>
    public WeightsFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
