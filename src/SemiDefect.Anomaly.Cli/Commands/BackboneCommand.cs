using System.CommandLine;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect backbone</c>: make networks, fetch them, make them faster, check them.</summary>
internal static class BackboneCommand
{
    public static Command Create() => new("backbone", "Make a backbone from weights or from a larger network, fetch one, make one faster, check one.")
    {
        BackboneImportCommand.Create(),
        BackbonePullCommand.Create(),
        BackboneQuantizeCommand.Create(),
        BackboneVerifyCommand.Create(),
    };

    /// <summary>The option that names outputs.</summary>
    public static Option<string?> TapsOption(string description) => new("--taps") { Description = description, HelpName = "A,B" };

    /// <summary>The names that <see cref="TapsOption"/> was given.</summary>
    public static string[] Taps(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The file to write a network to.</summary>
    /// <exception cref="UsageException">It is not called .onnx.</exception>
    public static string NetworkPath(string path) =>
        string.Equals(Path.GetExtension(path), ".onnx", StringComparison.OrdinalIgnoreCase) ? path : throw new UsageException($"--out must end in .onnx, not '{path}'.");
}
