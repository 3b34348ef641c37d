using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// An encoder in front of another one, to change its vectors: a projection, a whitening. Override
/// <see cref="Encode"/> and <see cref="Info"/>. Thread-safe as the inner encoder is; owns the inner encoder.
/// </summary>
public abstract class DelegatingPatchEncoder : IPatchEncoder
{
    /// <summary>Wraps an encoder.</summary>
    /// <param name="inner">The encoder; disposed of with this one.</param>
    protected DelegatingPatchEncoder(IPatchEncoder inner) =>
        Inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual EncoderInfo Info => Inner.Info;

    /// <summary>The encoder wrapped.</summary>
    protected IPatchEncoder Inner { get; }

    /// <inheritdoc/>
    public virtual PatchGrid Encode(PreparedView view, CancellationToken cancellationToken) =>
        Inner.Encode(view, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the inner encoder back.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Inner.Dispose();
        }
    }
}
