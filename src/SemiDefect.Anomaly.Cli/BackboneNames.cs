using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli;

/// <summary>Opens the networks named on the command line. Stateless.</summary>
internal static class BackboneNames
{
    /// <summary>Opens networks given as separate arguments, or separated by commas in one argument.</summary>
    /// <param name="given">Network names or .onnx files; null for none.</param>
    /// <exception cref="BackboneException">A network cannot be opened.</exception>
    public static IReadOnlyList<BackboneFile> Open(string[]? given) =>
    [
        .. (given ?? []).SelectMany(text => File.Exists(text)
            ? (string[])[text]
            : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Select(BackboneFile.Open),
    ];
}
