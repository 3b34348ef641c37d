using System.CommandLine;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>The command-line options for running an existing detector.</summary>
internal sealed class LoadOptionSet
{
    private readonly Option<string[]?> _backbone = new("--backbone")
    {
        Description = "The network, if the detector file does not contain it.",
        HelpName = "NAME|FILE.onnx",
    };

    private readonly Option<ExecutionDevice> _device = GlobalOptions.Device();
    private readonly Option<int> _threads = GlobalOptions.Threads();
    private readonly ImageLimitOptions _imageLimits = new();

    public void AddTo(Command command)
    {
        command.Options.Add(_backbone);
        command.Options.Add(_device);
        command.Options.Add(_threads);
        _imageLimits.AddTo(command);
    }

    /// <summary>Reads the options; what the engine logs goes to standard error.</summary>
    public LoadOptions Read(ParseResult parsed) => new()
    {
        Device = parsed.GetValue(_device),
        Threads = GlobalOptions.ReadThreads(parsed, _threads),
        ImageLimits = _imageLimits.Read(parsed),
        Backbones = BackboneNames.Open(parsed.GetValue(_backbone)),
        Logger = LineLogger.ForErrors(parsed),
    };
}
