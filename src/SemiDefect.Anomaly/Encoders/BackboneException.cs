namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// A backbone cannot be used: not an ONNX network, unsuitable shapes, modified, or the requested device is missing.
/// </summary>
public sealed class BackboneException : SemiDefectException
{
    /// <summary>Creates an exception whose message is shown to the user.</summary>
    public BackboneException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
