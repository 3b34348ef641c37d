using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>
/// One detector's share of an encoder given in code: an update makes a detector that runs the same encoder, and the
/// last share given back disposes of it. Thread-safe as the encoder is.
/// </summary>
internal sealed class EncoderShare : IPatchEncoder
{
    private readonly Owners _owners;
    private bool _isGivenBack;

    private EncoderShare(IPatchEncoder encoder, Owners owners)
    {
        Encoder = encoder;
        _owners = owners;
        owners.Add();
    }

    /// <summary>The encoder itself.</summary>
    public IPatchEncoder Encoder { get; }

    /// <inheritdoc/>
    public EncoderInfo Info => Encoder.Info;

    /// <summary>The first share of an encoder, which is taken over; or another share of one that is shared.</summary>
    public static EncoderShare? Of(IPatchEncoder? encoder) => encoder switch
    {
        null => null,
        EncoderShare share => new EncoderShare(share.Encoder, share._owners),
        _ => new EncoderShare(encoder, new Owners()),
    };

    /// <inheritdoc/>
    public PatchGrid Encode(PreparedView view, CancellationToken cancellationToken) =>
        Encoder.Encode(view, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<PatchGrid> EncodeAll(
        IReadOnlyList<PreparedView> views,
        CancellationToken cancellationToken) =>
        Encoder.EncodeAll(views, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isGivenBack, true) && _owners.Remove() == 0)
        {
            Encoder.Dispose();
        }
    }

    private sealed class Owners
    {
        private int _count;

        public void Add() => Interlocked.Increment(ref _count);

        public int Remove() => Interlocked.Decrement(ref _count);
    }
}
