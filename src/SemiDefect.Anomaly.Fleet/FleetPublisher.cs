using SemiDefect.Anomaly.Fleet.Connecting;
using SemiDefect.Anomaly.Fleet.Models;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>Gives a fleet a new version of a model. Stateless.</summary>
public static class FleetPublisher
{
    /// <summary>
    /// Checks a detector file on this machine, stores it by its fingerprint, and makes it the current version of a
    /// model. Runs that have begun keep their version.
    /// </summary>
    /// <param name="options">The connection.</param>
    /// <param name="path">The detector file.</param>
    /// <param name="name">The name of the model: letters, digits, '-', '_' and '.'.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="SemiDefectException">The file cannot be used by a fleet, or NATS cannot be used.</exception>
    public static async Task<FleetModel> PublishAsync(
        FleetOptions options,
        string path,
        string name,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(path);
        if (!ModelStore.IsName(name))
        {
            throw new FleetException($"'{name}' is not the name of a model: letters, digits, '-', '_' and '.'.");
        }

        options.Validate();
        FleetModel model = Check(path, name);
        FleetConnection connection =
            await FleetConnection.OpenAsync(options, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await new ModelStore(connection).PublishAsync(model, path, cancellationToken).ConfigureAwait(false);
            return model;
        }
    }

    private static FleetModel Check(string path, string name)
    {
        using var detector = AnomalyDetector.Load(path);
        using var loaded = new LoadedDetector(detector);
        return loaded.FindDeviation() is { } deviation
            ? throw new FleetException($"'{path}' cannot be published: {deviation}.")
            : new FleetModel(name, loaded.Fingerprint, new FileInfo(path).Length, loaded.HasNames);
    }
}
