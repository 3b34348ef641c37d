using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SemiDefect.Anomaly.Gpu.Devices;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Gpu;

/// <summary>
/// Selects by name where searches and coresets run: <c>cpu</c>; <c>auto</c> (the first GPU, or the CPU if there is
/// none); <c>cuda</c> or <c>opencl</c>, or one of several as in <c>cuda:1</c>; <c>emulated</c>; or a part of the name
/// of the device. Stateless.
/// </summary>
public static class AcceleratorChoice
{
    /// <summary>The engine's own search, which needs no device.</summary>
    public const string Cpu = "cpu";

    /// <summary>The first GPU; the CPU if there is none or it fails.</summary>
    public const string Auto = "auto";

    /// <summary>ILGPU's emulator, for tests.</summary>
    public const string Emulated = "emulated";

    private const string Cuda = "cuda";
    private const string OpenCL = "opencl";

    /// <summary>
    /// Opens the selected device. ILGPU is not loaded for <c>cpu</c>, nor for <c>auto</c> on a machine without a GPU
    /// driver.
    /// </summary>
    /// <param name="choice">The name; case is ignored.</param>
    /// <param name="logger">Receives a one-line warning if <c>auto</c> has to give up a GPU; may be null.</param>
    /// <returns>The device, which the caller disposes; null for the CPU.</returns>
    /// <exception cref="AcceleratorException">
    /// There is no such device, or it cannot be opened; the message lists the available ones.
    /// </exception>
    public static SearchAccelerator? Open(string choice, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(choice);
        choice = choice.Trim();
        if (Is(choice, Cpu) || choice.Length == 0)
        {
            return null;
        }

        return Is(choice, Auto) ? OpenAny(logger ?? NullLogger.Instance) : OpenNamed(choice);
    }

    /// <summary>All accelerators of this machine, with the emulator last.</summary>
    public static IReadOnlyList<AcceleratorDescription> List() => DeviceCatalog.List();

    private static DeviceAccelerator? OpenAny(ILogger logger)
    {
        if (!DriverLibraries.AreThere())
        {
            return null;
        }

        try
        {
            DeviceSession? session =
                DeviceCatalog.Open(emulated: false, device => device.IsGpu, mayFallBack: true, logger);
            return session is null ? null : new DeviceAccelerator(session);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            logger.DeviceUnusable(error.Message.ReplaceLineEndings(" ").Trim());
            return null;
        }
    }

    private static DeviceAccelerator OpenNamed(string choice)
    {
        DeviceSession? session;
        try
        {
            session =
                DeviceCatalog.Open(
                    Is(choice, Emulated),
                    device => Matches(device, choice),
                    mayFallBack: false,
                    NullLogger.Instance);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new AcceleratorException(
                $"The device '{choice}' cannot be used: {error.Message.ReplaceLineEndings(" ").Trim()} Use "
                    + "--search-device cpu, or repair the driver.",
                error);
        }

        if (session is not null)
        {
            return new DeviceAccelerator(session);
        }

        string there = string.Join(
            ", ",
            List()
                .Where(device => device.Kind != AcceleratorKind.Emulated)
                .Select(device => $"{device.Id} ({device.Name})"));
        throw new AcceleratorException(
            $"There is no device '{choice}' here: "
                + $"{(there.Length == 0 ? "no GPU with a CUDA or OpenCL driver was found" : $"there are {there}")}. "
                + "Use --search-device auto or cpu.");
    }

    private static bool Matches(AcceleratorDescription device, string choice) =>
        Is(choice, Cuda) ? device.Kind == AcceleratorKind.Cuda
        : Is(choice, OpenCL) ? device.Kind == AcceleratorKind.OpenCL
        : Is(choice, device.Id)
            || (device.Kind != AcceleratorKind.Emulated
                && device.Name.Contains(choice, StringComparison.OrdinalIgnoreCase));

    private static bool Is(string choice, string name) =>
        string.Equals(choice, name, StringComparison.OrdinalIgnoreCase);
}
