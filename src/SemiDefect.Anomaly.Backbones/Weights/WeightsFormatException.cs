namespace SemiDefect.Anomaly.Backbones.Weights;

/// <summary>
/// A weights file cannot be read: it is damaged, has an unknown format, or holds more than plain tensors.
/// </summary>
public sealed class WeightsFormatException : SemiDefectException
{
    /// <summary>Creates an exception whose message is shown to the user.</summary>
    public WeightsFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
