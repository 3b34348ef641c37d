using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Fleet.Fitting;

/// <summary>
/// An encoder whose network runs on the workers of a fleet. The first view is encoded here, and is what workers are
/// checked with. Thread-safe; does not own the local encoder.
/// </summary>
internal sealed class FleetEncoder(
    FleetFit fleet,
    IPatchEncoder local,
    BackboneFile file,
    IReadOnlyList<string> taps,
    PatchOptions patches) : IPatchEncoder
{
    private readonly Lock _lock = new();
    private Task<string>? _identity;

    /// <inheritdoc/>
    public EncoderInfo Info => local.Info;

    /// <inheritdoc/>
    public PatchGrid Encode(PreparedView view, CancellationToken cancellationToken) =>
        EncodeAll([view], cancellationToken)[0];

    /// <inheritdoc/>
    public IReadOnlyList<PatchGrid> EncodeAll(
        IReadOnlyList<PreparedView> views,
        CancellationToken cancellationToken) =>
        EncodeAllAsync(views, cancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async Task<PatchGrid[]> EncodeAllAsync(
        IReadOnlyList<PreparedView> views,
        CancellationToken cancellationToken)
    {
        Task<string> identity;
        lock (_lock)
        {
            identity = _identity ??= Task.Run(() => ShareAsync(views[0], cancellationToken), cancellationToken);
        }

        string encoder = await identity.ConfigureAwait(false);
        return await Task.WhenAll(views.Select(async view =>
        {
            (int height, int width, int dimension, float[] vectors) = await fleet.EncodeAsync(
                encoder,
                view.Width,
                view.Height,
                ViewPixels.Of(view, Info.Input),
                cancellationToken).ConfigureAwait(false);
            return PatchGrid.Of(height, width, dimension, vectors, view.View);
        })).ConfigureAwait(false);
    }

    private async Task<string> ShareAsync(PreparedView view, CancellationToken cancellationToken)
    {
        byte[] pixels = ViewPixels.Of(view, Info.Input);
        PatchGrid grid = EncoderCache.Encode(local, view.Width, view.Height, pixels, cancellationToken);
        var record = new EncoderRecord
        {
            Name = file.Name,
            Network = file.Sha256,
            HasManifest = file.Manifest is not null,
            Taps = taps,
            Patches = patches,
            Width = view.Width,
            Height = view.Height,
            View = pixels,
            Features = EncoderCache.HashOf(grid.Vectors.Span),
        };
        return await fleet.ShareAsync(record, file, cancellationToken).ConfigureAwait(false);
    }
}
