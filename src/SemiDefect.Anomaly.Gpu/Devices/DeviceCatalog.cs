using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Microsoft.Extensions.Logging;

namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>Finds and opens devices. Stateless.</summary>
internal static class DeviceCatalog
{
    // One multiprocessor with enough threads for the largest group: each is an operating system thread.
    private const int EmulatedWarp = 32;
    private const int EmulatedWarps = Kernels.CenterKernel.GroupSize / EmulatedWarp;

    static DeviceCatalog() => DriverLibraries.Register();

    /// <summary>All devices, CUDA first, the emulator last.</summary>
    public static IReadOnlyList<AcceleratorDescription> List()
    {
        using Context context = CreateContext(emulated: true);
        return [.. Describe(context).Select(device => device.Description)];
    }

    /// <summary>Opens the first device that passes the filter.</summary>
    /// <param name="emulated">Whether to include the emulator.</param>
    /// <param name="filter">Whether a device is acceptable.</param>
    /// <param name="mayFallBack">Whether the CPU takes over if the device fails.</param>
    /// <param name="logger">Receives a warning if it does.</param>
    /// <returns>The session, which the caller disposes; null if there is no such device.</returns>
    public static DeviceSession? Open(
        bool emulated,
        Func<AcceleratorDescription, bool> filter,
        bool mayFallBack,
        ILogger logger)
    {
        Context context = CreateContext(emulated);
        try
        {
            foreach ((Device device, AcceleratorDescription description) in Describe(context))
            {
                if (filter(description))
                {
                    return new DeviceSession(context, device, description, mayFallBack, logger);
                }
            }
        }
        catch
        {
            context.Dispose();
            throw;
        }

        context.Dispose();
        return null;
    }

    private static Context CreateContext(bool emulated) => Context.Create(builder =>
    {
        // Not `fast math`: the bounds require correctly rounded products and sums.
        builder.Optimize(OptimizationLevel.O2).Math(MathMode.Default);
        builder.Cuda();
        builder.OpenCL();
        if (emulated)
        {
            builder.CPU(new CPUDevice(EmulatedWarp, EmulatedWarps, 1));
        }
    });

    private static List<(Device Device, AcceleratorDescription Description)> Describe(Context context)
    {
        var devices = new List<(Device, AcceleratorDescription)>();
        int cuda = 0;
        foreach (CudaDevice device in context.GetCudaDevices())
        {
            string driver = $"CUDA {device.DriverVersion}, {device.Architecture}";
            devices.Add((device, Describe(device, $"cuda:{cuda++}", AcceleratorKind.Cuda, driver, isGpu: true)));
        }

        int openCL = 0;
        foreach (CLDevice device in context.GetCLDevices())
        {
            string driver = $"{device.PlatformVersion}, {device.CVersion}";
            devices.Add(
                (device, Describe(device, $"opencl:{openCL++}", AcceleratorKind.OpenCL, driver, IsGpu(device))));
        }

        foreach (CPUDevice device in context.GetCPUDevices())
        {
            string driver = $"ILGPU {typeof(Context).Assembly.GetName().Version!.ToString(3)}";
            devices.Add(
                (device, Describe(device, AcceleratorChoice.Emulated, AcceleratorKind.Emulated, driver, isGpu: false)));
        }

        return devices;
    }

    private static bool IsGpu(CLDevice device) => device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU);

    private static AcceleratorDescription Describe(
        Device device,
        string id,
        AcceleratorKind kind,
        string driver,
        bool isGpu) =>
        new(
            id,
            kind,
            kind == AcceleratorKind.Emulated ? "the CPU, emulating a GPU" : device.Name.Trim(),
            kind == AcceleratorKind.Emulated ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : device.MemorySize,
            kind == AcceleratorKind.Emulated ? Environment.ProcessorCount : device.NumMultiprocessors,
            driver,
            isGpu);
}
