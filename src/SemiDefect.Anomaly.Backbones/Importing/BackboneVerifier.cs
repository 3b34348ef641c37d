using System.Diagnostics;
using System.Globalization;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Importing;

/// <summary>
/// Checks that a backbone is intact and works: manifest, hash, taps, a forward pass, and its time. Stateless.
/// </summary>
public static class BackboneVerifier
{
    private const int TimedRuns = 5;

    /// <summary>Checks an .onnx file or a named network.</summary>
    /// <param name="nameOrPath">A name or path as for <c>--backbone</c>.</param>
    /// <param name="options">The device; the taps are ignored. Null for the CPU.</param>
    /// <returns>The results, including failures, which are not thrown.</returns>
    public static BackboneVerification Verify(string nameOrPath, OnnxBackboneOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        var checks = new List<BackboneCheck>();
        options = (options ?? new OnnxBackboneOptions { Device = ExecutionDevice.Cpu }) with { Taps = [] };
        try
        {
            BackboneFile file = BackboneFile.Open(nameOrPath);
            AddManifest(checks, file);
            using OnnxBackbone backbone =
                OnnxBackbone.Load(file, options with { Taps = [.. file.Manifest?.Taps.Select(tap => tap.Name) ?? []] });
            IReadOnlyList<FeatureMap> maps = BackboneProbe.Run(backbone, 2);
            BackboneTap[] taps = BackboneProbe.Taps(backbone, maps);
            AddTaps(checks, file.Manifest, taps);
            AddForwardPass(checks, backbone, maps);
            double milliseconds = Time(backbone);
            checks.Add(
                new BackboneCheck(
                    "timing",
                    true,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{milliseconds:F1} ms per image of {BackboneProbe.Width(backbone)} x "
                            + $"{BackboneProbe.Height(backbone)} on {backbone.Device}")));
            return new BackboneVerification(checks, taps, milliseconds);
        }
        catch (BackboneException error)
        {
            string stage = checks.Count == 0 ? "file" : "network";
            checks.Add(new BackboneCheck(stage, false, error.Message));
            return new BackboneVerification(checks, [], null);
        }
    }

    private static void AddManifest(List<BackboneCheck> checks, BackboneFile file)
    {
        if (file.Manifest is not { } manifest)
        {
            checks.Add(new BackboneCheck("manifest", true, "none; the normalization of ImageNet networks is assumed"));
            checks.Add(new BackboneCheck("hash", true, $"SHA-256 {file.Sha256}; no manifest to compare it with"));
            return;
        }

        checks.Add(
            new BackboneCheck(
                "manifest",
                true,
                $"{manifest.Name} {manifest.Version}, license {manifest.License}, {manifest.Origin}"));
        checks.Add(new BackboneCheck("hash", true, $"SHA-256 {file.Sha256}, as the manifest says"));
    }

    private static void AddTaps(List<BackboneCheck> checks, BackboneManifest? manifest, BackboneTap[] taps)
    {
        string found = string.Join(", ", taps.Select(Describe));
        string[] wrong =
        [
            .. manifest?.Taps.Where(expected => !taps.Contains(expected))
                .Select(expected => $"the manifest says {Describe(expected)}")
                ?? []
        ];
        checks.Add(
            new BackboneCheck(
                "taps",
                wrong.Length == 0,
                wrong.Length == 0 ? found : $"{found}; {string.Join(", ", wrong)}: create the manifest again"));
    }

    private static void AddForwardPass(
        List<BackboneCheck> checks,
        OnnxBackbone backbone,
        IReadOnlyList<FeatureMap> maps)
    {
        const float Tolerance = 1e-4f;
        string? wrong = maps.FirstOrDefault(map => !Array.TrueForAll(map.Values, float.IsFinite)) is { } map
            ? $"'{map.Tap}' gives values that are not finite"
            : null;
        if (wrong is null)
        {
            // The result of an image must not depend on the other images in its batch.
            IReadOnlyList<FeatureMap> alone = BackboneProbe.Run(backbone, 1);
            for (int i = 0; i < maps.Count && wrong is null; i++)
            {
                float largest = alone[i].Values.Max(Math.Abs);
                float difference = alone[i].Values.Zip(maps[i].Values, (a, b) => Math.Abs(a - b)).Max();
                wrong = difference > Tolerance * largest
                    ? $"'{maps[i].Tap}' of an image depends on the other images in its batch"
                    : null;
            }
        }

        checks.Add(
            new BackboneCheck("forward pass", wrong is null, wrong ?? "finite values, the same alone and in a batch"));
    }

    private static double Time(OnnxBackbone backbone)
    {
        float[] input = BackboneProbe.Input(backbone, 1);
        double[] times = new double[TimedRuns];
        for (int i = 0; i < TimedRuns; i++)
        {
            long start = Stopwatch.GetTimestamp();
            BackboneProbe.Run(backbone, input, 1);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[TimedRuns / 2];
    }

    private static string Describe(BackboneTap tap) => $"{tap.Name} ({tap.Channels} channels, stride {tap.Stride})";
}
