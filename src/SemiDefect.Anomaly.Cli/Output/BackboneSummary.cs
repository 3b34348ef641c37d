using System.Globalization;
using System.Text;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>Prints the result of commands that make a backbone.</summary>
internal static class BackboneSummary
{
    public static void Write(TextWriter output, string path, BackboneManifest manifest, bool json)
    {
        if (json)
        {
            output.Write(Encoding.UTF8.GetString(manifest.ToJson()));
            return;
        }

        string megabytes = (new FileInfo(path).Length / 1e6).ToString("F1", CultureInfo.InvariantCulture);
        output.WriteLine($"Backbone '{Text.Printable(manifest.Name)}' written to {path} ({megabytes} MB)");
        output.WriteLine($"  origin   {Text.Printable(manifest.Origin)}");
        output.WriteLine($"  license  {Text.Printable(manifest.License)}");
        output.WriteLine($"  sha256   {manifest.Sha256}");
        output.WriteLine($"  taps     {Taps(manifest)}");
        if (manifest.Quantization is { } quantization)
        {
            string errors = string.Join(
                ", ",
                manifest.Taps.Zip(
                    quantization.RelativeErrors,
                    (tap, error) => $"{tap.Name} {(100 * error).ToString("F2", CultureInfo.InvariantCulture)} %"));
            output.WriteLine($"  error    {errors} (relative, on {quantization.Images} images)");
        }

        bool named = BackboneFile.FindInstalled(manifest.Name) is { } known && Path.GetFullPath(path) == known;
        output.WriteLine($"Use it: semidefect fit GOOD_FOLDER --backbone {(named ? manifest.Name : path)} --out MODEL");
    }

    /// <summary>Describes the taps of a backbone in one line.</summary>
    public static string Taps(BackboneManifest manifest) =>
        string.Join(", ", manifest.Taps.Select(tap => $"{tap.Name} ({tap.Channels} channels, stride {tap.Stride})"));
}
