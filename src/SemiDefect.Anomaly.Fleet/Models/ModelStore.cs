using System.Text.Json;
using System.Text.RegularExpressions;
using NATS.Client.KeyValueStore;
using NATS.Client.ObjectStore;
using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Messages;

namespace SemiDefect.Anomaly.Fleet.Models;

/// <summary>
/// Detector files in the object store, by fingerprint, and the current fingerprint of each model name. Thread-safe.
/// </summary>
internal sealed partial class ModelStore(FleetConnection connection)
{
    /// <summary>Whether a text can name a model.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>Stores a detector file unless it is there, and makes it the current version of a name.</summary>
    public async Task PublishAsync(
        FleetModel model,
        string path,
        CancellationToken cancellationToken)
    {
        await StoreAsync(model.Fingerprint, path, cancellationToken).ConfigureAwait(false);
        await connection.Models.PutAsync(
            model.Name,
            JsonSerializer.SerializeToUtf8Bytes(model, FleetJson.Default.FleetModel),
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a detector file unless it is there.</summary>
    public async Task StoreAsync(string fingerprint, string path, CancellationToken cancellationToken)
    {
        if (await HasAsync(fingerprint, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        FileStream file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            await connection.Files.PutAsync(Key(fingerprint), file, leaveOpen: true, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The current version of a name.</summary>
    /// <exception cref="FleetException">There is none.</exception>
    public async Task<FleetModel> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (!IsName(name))
        {
            throw new FleetException($"'{name}' is not the name of a model: letters, digits, '-', '_' and '.'.");
        }

        try
        {
            NatsKVEntry<byte[]> entry = await connection.Models
                .GetEntryAsync<byte[]>(name, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            return Parse(entry.Value) ?? throw new FleetException($"The entry of the model '{name}' is damaged.");
        }
        catch (Exception error) when (error is NatsKVKeyNotFoundException or NatsKVKeyDeletedException)
        {
            throw new FleetException($"The fleet has no model '{name}': publish one.", error);
        }
    }

    /// <summary>An entry of the bucket; null if it is damaged.</summary>
    public static FleetModel? Parse(byte[]? value)
    {
        try
        {
            FleetModel? model = value is null
                ? null
                : JsonSerializer.Deserialize(value, FleetJson.Default.FleetModel);
            return model is not null
                && IsName(model.Name)
                && InspectionTask.FingerprintPattern().IsMatch(model.Fingerprint)
                    ? model
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Brings a detector file into a folder.</summary>
    /// <returns>The path.</returns>
    /// <exception cref="FleetException">The fleet does not have it.</exception>
    public async Task<string> FetchAsync(string fingerprint, string folder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, $"{fingerprint}.sdad");
        if (File.Exists(path))
        {
            return path;
        }

        string partial = Path.Combine(folder, $"{fingerprint}.{Guid.NewGuid():N}.partial");
        try
        {
            Directory.CreateDirectory(folder);
            FileStream file = File.Create(partial);
            await using (file.ConfigureAwait(false))
            {
                await connection.Files.GetAsync(Key(fingerprint), file, leaveOpen: true, cancellationToken)
                    .ConfigureAwait(false);
            }

            File.Move(partial, path, overwrite: true);
            return path;
        }
        catch (NatsObjNotFoundException error)
        {
            throw new FleetException($"The fleet has no detector with fingerprint {fingerprint}.", error);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private async Task<bool> HasAsync(string fingerprint, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Files.GetInfoAsync(Key(fingerprint), showDeleted: false, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (NatsObjNotFoundException)
        {
            return false;
        }
    }

    private static string Key(string fingerprint) => $"detectors/{fingerprint}";

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.\-]{0,99}$")]
    private static partial Regex NamePattern();
}
