using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli;

/// <summary>Networks as they are named on the command line. Stateless.</summary>
internal static class BackboneNames
{
    /// <summary>Opens networks given one by one, or several in one word, separated by commas.</summary>
    /// <param name="given">Names of networks or .onnx files; null for none.</param>
    /// <exception cref="BackboneException">A network cannot be opened.</exception>
    public static IReadOnlyList<BackboneFile> Open(string[]? given) =>
    [
        .. (given ?? []).SelectMany(text => File.Exists(text)
            ? (string[])[text]
            : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(BackboneFile.Open),
    ];
}
