using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Detection;

/// <summary>Which networks and which taps a fit uses. Stateless.</summary>
public static class BackboneChoice
{
    /// <summary>The requested networks; else the preset's, if installed; else the embedded default.</summary>
    /// <exception cref="BackboneException">The network cannot be used.</exception>
    public static IReadOnlyList<BackboneFile> Open(FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Backbones.Count > 0)
        {
            return options.Backbones;
        }

        if (options.PreferredBackbone is not { } preferred)
        {
            return [BackboneFile.Open(BackboneFile.DefaultName)];
        }

        if (UserBackbones.Find(preferred) is not null)
        {
            return [BackboneFile.Open(preferred)];
        }

        options.Logger.PreferredBackboneMissing(options.Preset, preferred, BackboneFile.DefaultName);
        return [BackboneFile.Open(BackboneFile.DefaultName)];
    }

    /// <summary>
    /// The network with the requested taps; else the preset's, if it has them; else its own default taps.
    /// </summary>
    /// <exception cref="BackboneException">The network cannot be used.</exception>
    public static OnnxBackbone Load(BackboneFile file, FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        var onnxOptions = new OnnxBackboneOptions
        {
            Taps = options.Taps,
            Device = options.Device,
            Threads = options.Threads,
            Logger = options.Logger,
        };
        if (options.Taps.Count == 0 && options.PreferredTaps.Count > 0)
        {
            try
            {
                return OnnxBackbone.Load(file, onnxOptions with { Taps = options.PreferredTaps });
            }
            catch (BackboneException)
            {
                options.Logger.PreferredTapsMissing(
                    file.Name, options.Preset, string.Join(", ", options.PreferredTaps));
            }
        }

        return OnnxBackbone.Load(file, onnxOptions);
    }
}
