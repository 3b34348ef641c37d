using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// Wraps another encoder to change its vectors, for example by a projection or whitening. Override <see cref="Encode"/>
/// and <see cref="Info"/>. As thread-safe as the inner encoder, which it owns.
/// </summary>
public abstract class DelegatingPatchEncoder : IPatchEncoder
{
    /// <summary>Wraps an encoder.</summary>
    /// <param name="inner">The encoder; disposed of with this one.</param>
    protected DelegatingPatchEncoder(IPatchEncoder inner) =>
        Inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual EncoderInfo Info => Inner.Info;

    /// <summary>The wrapped encoder.</summary>
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

    /// <summary>Disposes of the inner encoder.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Inner.Dispose();
        }
    }
}
