using System.CommandLine;
using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// <c>semidefect backbone import</c>: makes a truncated network and its manifest from weights or a larger network.
/// </summary>
internal static class BackboneImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "Weights (.safetensors or PyTorch .pth), or a network (.onnx) to truncate.",
        };
        var architecture = new Option<string?>("--architecture")
        {
            Description = $"The architecture of the weights: {string.Join(", ", BackboneImporter.Architectures)}.",
            HelpName = "NAME",
        };
        Option<string?> taps = BackboneCommand.TapsOption(
            "The outputs: modules such as layer2,layer3 for weights; tensors or nodes for a network.");
        var output = new Option<string>("--out")
        {
            Description = "The network to write; its manifest is written beside it.",
            HelpName = "FILE.onnx",
            Required = true,
        };
        var license = new Option<string>("--license")
        {
            Description = "The SPDX license identifier for the manifest.",
            DefaultValueFactory = _ => "unknown",
        };
        var half = new Option<bool>("--half")
        {
            Description = "Store the weights in half precision, which halves the file; the network still computes in "
                + "single precision.",
        };
        var notice = new Option<string?>("--notice")
        {
            Description = "A notice for the manifest, such as the copyright line of the weights.",
        };
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("import", "Make a backbone from weights or a larger network.")
        {
            file, architecture, taps, output, license, notice, half, json,
        };
        command.SetAction((parsed, _) =>
        {
            string path = BackboneCommand.NetworkPath(parsed.GetRequiredValue(output));
            BackboneManifest manifest = Import(
                Wildcards.One(parsed.GetRequiredValue(file)),
                parsed.GetValue(architecture),
                path,
                new BackboneImportOptions
                {
                    Taps = BackboneCommand.Taps(parsed.GetValue(taps)),
                    License = parsed.GetRequiredValue(license),
                    Notice = parsed.GetValue(notice),
                    IsHalf = parsed.GetValue(half),
                });
            BackboneSummary.Write(parsed.InvocationConfiguration.Output, path, manifest, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static BackboneManifest Import(
        string file,
        string? architecture,
        string output,
        BackboneImportOptions options)
    {
        if (!string.Equals(Path.GetExtension(file), ".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return architecture is null
                ? throw new UsageException(
                    $"--architecture is required for the weights in '{file}': "
                        + $"{string.Join(", ", BackboneImporter.Architectures)}.")
                : BackboneImporter.FromWeights(file, architecture, output, options);
        }

        if (architecture is not null)
        {
            throw new UsageException("--architecture applies only to weights; truncate a network with --taps alone.");
        }

        return options.Taps.Count > 0
            ? BackboneImporter.Cut(file, options.Taps, output, options)
            : throw new UsageException("--taps is required to truncate a network.");
    }
}
