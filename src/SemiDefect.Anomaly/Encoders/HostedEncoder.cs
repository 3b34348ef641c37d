using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>An encoder that an <see cref="IEncoderHost"/> runs. Thread-safe as that is; owns both encoders.</summary>
/// <param name="local">The encoder on this machine.</param>
/// <param name="hosted">The one to use.</param>
internal sealed class HostedEncoder(OnnxPatchEncoder local, IPatchEncoder hosted) : IPatchEncoder
{
    /// <summary>The encoder on this machine.</summary>
    public OnnxPatchEncoder Local => local;

    /// <inheritdoc/>
    public EncoderInfo Info => local.Info;

    /// <inheritdoc/>
    public PatchGrid Encode(PreparedView view, CancellationToken cancellationToken) =>
        hosted.Encode(view, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<PatchGrid> EncodeAll(
        IReadOnlyList<PreparedView> views,
        CancellationToken cancellationToken) =>
        hosted.EncodeAll(views, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        hosted.Dispose();
        local.Dispose();
    }
}
