using System.CommandLine;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect backbone</c>: imports, downloads, quantizes and verifies networks.</summary>
internal static class BackboneCommand
{
    public static Command Create() => new("backbone", "Import, download, quantize or verify backbones.")
    {
        BackboneImportCommand.Create(),
        BackbonePullCommand.Create(),
        BackboneQuantizeCommand.Create(),
        BackboneVerifyCommand.Create(),
    };

    /// <summary>Creates the option for network outputs.</summary>
    public static Option<string?> TapsOption(string description) =>
        new("--taps") { Description = description, HelpName = "A,B" };

    /// <summary>Splits the value of <see cref="TapsOption"/> into names.</summary>
    public static string[] Taps(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Validates the path of a network to write.</summary>
    /// <exception cref="UsageException">The extension is not .onnx.</exception>
    public static string NetworkPath(string path) =>
        string.Equals(Path.GetExtension(path), ".onnx", StringComparison.OrdinalIgnoreCase)
            ? path
            : throw new UsageException($"--out must end in .onnx, not '{path}'.");
}
