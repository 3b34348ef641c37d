using System.CommandLine;
using System.Text.Json;
using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Cli.Commands;

/// <summary>
/// <c>semidefect backbone verify</c>: checks the manifest, hash, taps and a forward pass, and measures the time.
/// </summary>
internal static class BackboneVerifyCommand
{
    public static Command Create()
    {
        var backbone = new Argument<string>("FILE") { Description = "An .onnx file, or the name of a network." };
        Option<ExecutionDevice> device = GlobalOptions.Device();
        Option<int> threads = GlobalOptions.Threads();
        Option<bool> json = GlobalOptions.Json();
        var command = new Command("verify", "Verify that a backbone is intact and works, and measure its speed.")
        {
            backbone, device, threads, json,
        };
        command.SetAction((parsed, _) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            BackboneVerification found = BackboneVerifier.Verify(
                Wildcards.One(parsed.GetRequiredValue(backbone)), new OnnxBackboneOptions
                {
                    Device = parsed.GetValue(device),
                    Threads = parsed.GetValue(threads),
                });
            if (parsed.GetValue(json))
            {
                output.WriteLine(
                    JsonSerializer.Serialize(
                        new VerificationJson(1, found.Passed, found.Checks, found.Taps, found.MillisecondsPerImage),
                        BackboneCliJson.Default.VerificationJson));
            }
            else
            {
                foreach (BackboneCheck check in found.Checks)
                {
                    output.WriteLine(
                        $"{(check.Passed ? "ok    " : "FAILED")}  {check.Name,-12}  {Text.Printable(check.Detail)}");
                }
            }

            return Task.FromResult(found.Passed ? ExitCode.Done : ExitCode.Failed);
        });
        return command;
    }
}
