namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Runs the networks of a fit elsewhere, for example on other machines. The vectors must be the same bits, so that the
/// detector is.
/// </summary>
public interface IEncoderHost
{
    /// <summary>An encoder that gives what another one would; the caller disposes of both.</summary>
    /// <param name="encoder">The encoder on this machine.</param>
    /// <param name="file">Its network.</param>
    /// <param name="taps">The outputs in use, in order.</param>
    /// <param name="patches">How its maps are pooled.</param>
    IPatchEncoder Host(IPatchEncoder encoder, BackboneFile file, IReadOnlyList<string> taps, PatchOptions patches);
}
