using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Fleet;

/// <summary>How images are given to a fleet. Immutable.</summary>
public sealed record FleetScorerOptions
{
    /// <summary>The connection.</summary>
    public required FleetOptions Fleet { get; init; }

    /// <summary>
    /// A folder that the workers share (<see cref="FleetWorkerOptions.SharedFolder"/>, which may have another path
    /// there): images in it are named, not sent. Null to send all.
    /// </summary>
    public string? SharedFolder { get; init; }

    /// <summary>Limits on the images read.</summary>
    public ImageLimits ImageLimits { get; init; } = new();

    /// <summary>Told if no worker is running.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
