namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// A backbone cannot be used: not an ONNX network, not shaped as needed, altered, or without the device asked for.
/// </summary>
public sealed class BackboneException : SemiDefectException
{
    /// <summary>Makes an exception whose message is shown to the user as it is.</summary>
    public BackboneException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
