namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// The networks installed by the user, which can be named like the embedded ones: NAME.onnx with NAME.json in the
/// folder "backbones" of <see cref="Home"/>. Thread-safe.
/// </summary>
public static class UserBackbones
{
    /// <summary>
    /// The user's folder of this program: the value of the environment variable SEMIDEFECT_HOME, or "semidefect" in the
    /// system's folder for local application data.
    /// </summary>
    public static string Home =>
        Environment.GetEnvironmentVariable("SEMIDEFECT_HOME") is { Length: > 0 } home
            ? Path.GetFullPath(home)
            : Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "semidefect");

    /// <summary>The folder of the networks; it need not exist.</summary>
    public static string Folder => Path.Combine(Home, "backbones");

    /// <summary>The names of the networks in the folder that have a manifest, in ordinal order.</summary>
    public static IReadOnlyList<string> Names
    {
        get
        {
            try
            {
                return Directory.Exists(Folder)
                    ? [.. Directory.EnumerateFiles(Folder, "*.onnx")
                        .Where(path => File.Exists(Path.ChangeExtension(path, ".json")))
                        .Select(path => Path.GetFileNameWithoutExtension(path))
                        .Order(StringComparer.Ordinal)]
                    : [];
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new BackboneException($"Cannot list the backbones in '{Folder}': {error.Message}", error);
            }
        }
    }

    /// <summary>The .onnx file of a network in the folder, or null if there is none.</summary>
    public static string? Find(string name) =>
        Names.Contains(name, StringComparer.Ordinal) ? Path.Combine(Folder, $"{name}.onnx") : null;
}
