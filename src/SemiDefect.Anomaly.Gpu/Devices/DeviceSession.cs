using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using Microsoft.Extensions.Logging;
using SemiDefect.Anomaly.Gpu.Searching;
using SemiDefect.Anomaly.Gpu.Selecting;

namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>
/// An open device: its context, its compiled kernels, and the handling of its failures. Users of the device must hold
/// <see cref="Gate"/>; everything else is thread-safe. The owner disposes it.
/// </summary>
internal sealed class DeviceSession : IDisposable
{
    private readonly Context _context;
    private readonly bool _mayFallBack;
    private readonly ILogger _logger;
    private readonly Dictionary<int, SearchKernels> _searchKernels = [];
    private CenterKernels? _centerKernels;

    /// <summary>Opens a device.</summary>
    /// <param name="context">The ILGPU context of the device; owned by the session.</param>
    /// <param name="device">The device.</param>
    /// <param name="description">Its description.</param>
    /// <param name="mayFallBack">
    /// Whether the CPU takes over if the device fails; otherwise a failure is an error.
    /// </param>
    /// <param name="logger">Receives one warning when the CPU takes over.</param>
    public DeviceSession(
        Context context,
        Device device,
        AcceleratorDescription description,
        bool mayFallBack,
        ILogger logger)
    {
        _context = context;
        _mayFallBack = mayFallBack;
        _logger = logger;
        Description = description;
        Accelerator = device.CreateAccelerator(context);
    }

    /// <summary>The description of the device.</summary>
    public AcceleratorDescription Description { get; }

    /// <summary>The device.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Held while the device is used.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether the device has failed and the CPU does all the work.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The kernels of the coreset, compiled on first use.</summary>
    public CenterKernels CenterKernels => _centerKernels ??= new CenterKernels(Accelerator);

    /// <summary>The search kernels for a list length, compiled on first use.</summary>
    public SearchKernels SearchKernels(int slots)
    {
        if (!_searchKernels.TryGetValue(slots, out SearchKernels? kernels))
        {
            kernels = Searching.SearchKernels.Load(Accelerator, slots);
            _searchKernels.Add(slots, kernels);
        }

        return kernels;
    }

    /// <summary>Checks before any allocation that enough memory is free.</summary>
    /// <exception cref="AcceleratorException">There is not enough memory.</exception>
    public void RequireMemory(long bytes, string what)
    {
        // If the driver does not report free memory, leave room for its own needs and those of the display.
        long free = Accelerator is CudaAccelerator cuda ? cuda.GetFreeMemory() : Accelerator.MemorySize / 10 * 9;
        if (bytes > free)
        {
            throw new AcceleratorException(
                $"{Description.Name} ({Description.Id}) is too small for {what}: {Mebibytes(bytes)} are needed and "
                    + $"{Mebibytes(free)} free.");
        }
    }

    /// <summary>
    /// Uses the device exclusively. If this fails, either the CPU takes over or an exception is thrown.
    /// </summary>
    /// <returns>False if the CPU must do the work.</returns>
    /// <exception cref="AcceleratorException">The device failed and was requested by name.</exception>
    public bool TryUse(Action use)
    {
        lock (Gate)
        {
            if (IsLost)
            {
                return false;
            }

            try
            {
                using var binding = Accelerator.BindScoped();
                use();
                return true;
            }
            catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
            {
                IsLost = true;
                string reason = Describe(error);
                if (!_mayFallBack)
                {
                    throw new AcceleratorException(
                        $"{reason} Use --search-device cpu or auto, or repair the driver ('semidefect doctor' tests "
                            + "it).",
                        error);
                }

                _logger.DeviceLost(reason);
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Accelerator.Dispose();
            _context.Dispose();
        }
        catch (Exception) when (IsLost)
        {
            // A lost device cannot free its memory either.
        }
    }

    private string Describe(Exception error) => error is AcceleratorException
        ? error.Message
        : $"{Description.Name} ({Description.Id}) failed: {error.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.')}.";

    private static string Mebibytes(long bytes) => FormattableString.Invariant($"{bytes / 1048576.0:F0} MiB");
}
