using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Cli.Output;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Gpu;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Cli;

/// <summary>Examines the machine for <c>semidefect doctor</c>.</summary>
internal static class Examination
{
    public static DoctorReport Run(ProgressDisplay display, CancellationToken cancellationToken)
    {
        var checks = new List<DoctorCheckJson> { CheckSearch() };
        DeviceChoiceJson network = ChooseNetworkDevice(checks);
        IReadOnlyList<AcceleratorDescription> devices = ListAccelerators(checks);
        var accelerators = new List<AcceleratorJson>();
        foreach (AcceleratorDescription device in devices)
        {
            display.Report($"Testing {device.Id}", accelerators.Count, devices.Count);
            AcceleratorTestResult result = AcceleratorSelfTest.Run(device.Id, cancellationToken);
            accelerators.Add(new AcceleratorJson(
                device.Id,
                device.Kind.ToString().ToLowerInvariant(),
                device.Name,
                device.MemoryBytes,
                device.Multiprocessors,
                device.Driver,
                result.Passed,
                result.Detail,
                result.Seconds));
        }

        return new DoctorReport(
            1,
            checks.TrueForAll(check => check.Passed) && accelerators.TrueForAll(accelerator => accelerator.Passed),
            typeof(AnomalyDetector).Assembly.GetName().Version!.ToString(3),
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.OSDescription,
            RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Simd(),
            OnnxBackbone.RuntimeVersion,
            OnnxBackbone.RuntimeProviders,
            BackboneFile.Names,
            network,
            ChooseSearchDevice(devices),
            accelerators,
            checks);
    }

    private static DoctorCheckJson CheckSearch()
    {
        bool same = SearchSelfTest.Run();
        return new DoctorCheckJson(
            "search",
            same,
            same
                ? "the optimized search matches the reference search bit for bit"
                : "the optimized search differs from the reference search; please report this machine");
    }

    private static DeviceChoiceJson ChooseNetworkDevice(List<DoctorCheckJson> checks)
    {
        const string CudaProvider = "CUDAExecutionProvider";
        BackboneVerification found = BackboneVerifier.Verify(BackboneFile.DefaultName);
        string detail = found.Checks.FirstOrDefault(check => !check.Passed)?.Detail ?? found.Checks[^1].Detail;
        checks.Add(new DoctorCheckJson("network", found.Passed, $"{BackboneFile.DefaultName}: {detail}"));
        if (!OnnxBackbone.RuntimeProviders.Contains(CudaProvider, StringComparer.Ordinal))
        {
            return new DeviceChoiceJson(
                "cpu", "this build of ONNX Runtime does not include CUDA (build with -p:Gpu=true)");
        }

        try
        {
            using var log = new StringWriter();
            using OnnxBackbone backbone = OnnxBackbone.Load(
                BackboneFile.Open(BackboneFile.DefaultName),
                new OnnxBackboneOptions { Logger = new LineLogger(log) });
            string why = log.ToString() is { Length: > 0 } said
                ? said.TrimEnd()
                : "this build of ONNX Runtime includes CUDA, and it works";
            return new DeviceChoiceJson(backbone.Device.ToString().ToLowerInvariant(), why);
        }
        catch (BackboneException error)
        {
            return new DeviceChoiceJson("cpu", error.Message);
        }
    }

    private static IReadOnlyList<AcceleratorDescription> ListAccelerators(List<DoctorCheckJson> checks)
    {
        try
        {
            return AcceleratorChoice.List();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            checks.Add(
                new DoctorCheckJson(
                    "accelerators", false, $"cannot be listed: {error.Message.ReplaceLineEndings(" ")}"));
            return [];
        }
    }

    private static DeviceChoiceJson ChooseSearchDevice(IReadOnlyList<AcceleratorDescription> devices) =>
        devices.FirstOrDefault(device => device.IsGpu) is { } gpu
            ? new DeviceChoiceJson(gpu.Id, $"{gpu.Name} is the first GPU found")
            : new DeviceChoiceJson("cpu", "no GPU with a CUDA or OpenCL driver was found");

    private static string Simd() =>
        Vector512.IsHardwareAccelerated ? "AVX-512"
        : Avx2.IsSupported ? "AVX2"
        : AdvSimd.IsSupported ? "NEON"
        : Vector128.IsHardwareAccelerated ? "SSE" : "none";
}
