using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary><c>semidefect backbones</c>: lists the named networks.</summary>
internal static class BackbonesCommand
{
    public static Command Create()
    {
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("backbones", "List the available networks and their licenses.") { json };
        command.SetAction((parsed, _) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            BackboneFile[] files = [.. BackboneFile.Names.Select(BackboneFile.Open)];
            if (parsed.GetValue(json))
            {
                output.WriteLine(
                    JsonSerializer.Serialize(
                        new BackbonesJson(1, [.. files.Select(ToJson)]), CliJson.Default.BackbonesJson));
                return Task.FromResult(ExitCode.Done);
            }

            foreach (BackboneFile file in files)
            {
                BackboneManifest manifest = file.Manifest!;
                string mark = file.Name == BackboneFile.DefaultName ? " (default)" : string.Empty;
                output.WriteLine($"{file.Name}{mark}");
                output.WriteLine($"  license  {manifest.License}");
                output.WriteLine($"  origin   {manifest.Origin}");
                output.WriteLine(
                    $"  size     {string.Create(CultureInfo.InvariantCulture, $"{file.Content.Length / 1e6:F1}")} MB, "
                        + $"{SpeedClass(manifest.MultiplyAdds224)}");
                output.WriteLine($"  input    RGB, any size");
                output.WriteLine($"  taps     {BackboneSummary.Taps(manifest)}");
            }

            output.WriteLine("Other networks can be used as .onnx files.");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static BackboneListingJson ToJson(BackboneFile file) => new(
        file.Name,
        file.Name == BackboneFile.DefaultName,
        file.Manifest!.License,
        file.Manifest.Origin,
        file.Content.Length,
        file.Sha256,
        [.. file.Manifest.Taps.Select(tap => tap.Name)],
        file.Manifest.MultiplyAdds224);

    private static string SpeedClass(long multiplyAdds)
    {
        string name = multiplyAdds switch
        {
            0 => "unknown speed",
            < 1_000_000_000 => "fast",
            < 5_000_000_000 => "medium",
            _ => "slow",
        };
        return string.Create(
            CultureInfo.InvariantCulture, $"{name} ({multiplyAdds / 1e9:F2} G multiply-adds at 224 x 224)");
    }
}
