using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using NATS.Client.ObjectStore;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Messages;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Fleet.Fitting;

/// <summary>
/// The encoders that a worker has open, each checked once with the view of its record. Thread-safe. A fit has as many
/// as it has networks; they stay open until the worker ends, at most <see cref="MostOpen"/>.
/// </summary>
internal sealed class EncoderCache(FleetConnection connection, FleetWorkerOptions options) : IDisposable
{
    /// <summary>The most encoders that are open; a worker that is asked for more refuses.</summary>
    public const int MostOpen = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<IPatchEncoder>> _encoders = new(StringComparer.Ordinal);

    /// <summary>The encoder of a record.</summary>
    /// <exception cref="ShutOutException">This machine computes other features.</exception>
    /// <exception cref="SemiDefectException">The record or its network cannot be used.</exception>
    public async Task<IPatchEncoder> GetAsync(string identity, CancellationToken cancellationToken)
    {
        Task<IPatchEncoder>? opened;
        lock (_lock)
        {
            if (!_encoders.TryGetValue(identity, out opened) || opened.IsFaulted)
            {
                if (_encoders.Count >= MostOpen)
                {
                    throw new FleetException($"The worker {options.Name} has {MostOpen} networks open: restart it.");
                }

                _encoders[identity] = opened = Task.Run(() => OpenAsync(identity), CancellationToken.None);
            }
        }

        return await opened.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Disposes of the encoders.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Task<IPatchEncoder> encoder in _encoders.Values.Where(one => one.IsCompletedSuccessfully))
            {
                encoder.Result.Dispose();
            }

            _encoders.Clear();
        }
    }

    /// <summary>SHA-256 of the features of a grid.</summary>
    public static string HashOf(ReadOnlySpan<float> features) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(features)));

    /// <summary>Encodes pixels as a view of their own.</summary>
    public static PatchGrid Encode(
        IPatchEncoder encoder,
        int width,
        int height,
        byte[] pixels,
        CancellationToken cancellationToken)
    {
        BackboneInput input = encoder.Info.Input;
        PreparedView view = PreparedView.Of(
            new Image(width, height, pixels),
            new PreprocessingOptions(ResizeKind.None, 0, null, input.Mean, input.Std));
        return encoder.Encode(view, cancellationToken);
    }

    private async Task<IPatchEncoder> OpenAsync(string identity)
    {
        byte[] bytes = await GetBytesAsync(EncoderRecord.Key(identity)).ConfigureAwait(false);
        EncoderRecord record = Parse(bytes, identity);
        byte[] network = await GetBytesAsync(EncoderRecord.NetworkKey(record.Network)).ConfigureAwait(false);
        BackboneManifest? manifest = record.HasManifest
            ? BackboneManifest.Parse(
                await GetBytesAsync(EncoderRecord.ManifestKey(record.Network)).ConfigureAwait(false), record.Name)
            : null;
        BackboneFile file = BackboneFile.FromBytes(record.Name, network, manifest);
        if (file.Sha256 != record.Network)
        {
            throw new FleetException($"The network {record.Name} in the object store is damaged: start the fit again.");
        }

        IPatchEncoder encoder = file.CreateEncoder(record.Patches, new OnnxBackboneOptions
        {
            Taps = record.Taps,
            Device = options.Load.Device,
            Threads = options.Load.Threads,
            Logger = options.Logger,
        });
        try
        {
            PatchGrid grid = Encode(encoder, record.Width, record.Height, record.View, CancellationToken.None);
            return HashOf(grid.Vectors.Span) == record.Features
                ? encoder
                : throw new ShutOutException(
                    $"the network {record.Name} gives other features here than on the machine that fits.");
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    private static EncoderRecord Parse(byte[] bytes, string identity)
    {
        try
        {
            return EncoderRecord.IdentityOf(bytes) == identity
                && JsonSerializer.Deserialize(bytes, FleetJson.Default.EncoderRecord) is { } record
                && record.View.Length == 3L * record.Width * record.Height
                    ? record
                    : throw new FleetException("The record of an encoder is damaged: start the fit again.");
        }
        catch (JsonException error)
        {
            throw new FleetException($"The record of an encoder cannot be read: {error.Message}", error);
        }
    }

    private async Task<byte[]> GetBytesAsync(string key)
    {
        try
        {
            return await FleetRetry.RunAsync(
                async token => await connection.Files.GetBytesAsync(key, token).ConfigureAwait(false),
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (NatsObjNotFoundException error)
        {
            throw new FleetException($"'{key}' is not in the object store: start the fit again.", error);
        }
    }
}
