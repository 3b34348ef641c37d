using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using SemiDefect.Anomaly.Gpu.Searching;
using SemiDefect.Anomaly.Gpu.Selecting;

namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>
/// An open device: its context, its compiled kernels, and what happens when it fails. Whoever uses the device holds <see cref="Gate"/>.
/// </summary>
internal sealed class DeviceSession : IDisposable
{
    private readonly Context _context;
    private readonly bool _mayFallBack;
    private readonly Action<string>? _notice;
    private readonly Dictionary<int, SearchKernels> _searchKernels = [];
    private CenterKernels? _centerKernels;

    /// <summary>Opens a device.</summary>
    /// <param name="context">Has the device; owned from here on.</param>
    /// <param name="device">The device.</param>
    /// <param name="description">What it is.</param>
    /// <param name="mayFallBack">Whether the CPU takes over when the device fails; else it is an error.</param>
    /// <param name="notice">Told once when the CPU takes over.</param>
    public DeviceSession(Context context, Device device, AcceleratorDescription description, bool mayFallBack, Action<string>? notice)
    {
        _context = context;
        _mayFallBack = mayFallBack;
        _notice = notice;
        Description = description;
        Accelerator = device.CreateAccelerator(context);
    }

    /// <summary>What the device is.</summary>
    public AcceleratorDescription Description { get; }

    /// <summary>The device.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Held while the device is used.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether the device has failed, and the CPU does everything.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The coreset's kernels, compiled when they are first wanted.</summary>
    public CenterKernels CenterKernels => _centerKernels ??= new CenterKernels(Accelerator);

    /// <summary>The search kernels for a length of lists, compiled when they are first wanted.</summary>
    public SearchKernels SearchKernels(int slots)
    {
        if (!_searchKernels.TryGetValue(slots, out SearchKernels? kernels))
        {
            kernels = Searching.SearchKernels.Load(Accelerator, slots);
            _searchKernels.Add(slots, kernels);
        }

        return kernels;
    }

    /// <summary>Checks, before anything is allocated, that memory is free.</summary>
    /// <exception cref="AcceleratorException">It is not.</exception>
    public void RequireMemory(long bytes, string what)
    {
        // A driver's own needs and the display's come on top where it does not tell what is free.
        long free = Accelerator is CudaAccelerator cuda ? cuda.GetFreeMemory() : Accelerator.MemorySize / 10 * 9;
        if (bytes > free)
        {
            throw new AcceleratorException(
                $"{Description.Name} ({Description.Id}) is too small for {what}: {Mebibytes(bytes)} are needed and {Mebibytes(free)} free.");
        }
    }

    /// <summary>Does something with the device, alone; when that fails, the CPU takes over or it is an error.</summary>
    /// <returns>False where the CPU must do it.</returns>
    /// <exception cref="AcceleratorException">The device failed and was asked for by name.</exception>
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
                    throw new AcceleratorException($"{reason} Use --search-device cpu or auto, or mend the driver ('semidefect doctor' tests it).", error);
                }

                _notice?.Invoke($"{reason} Going on with the CPU, which finds the same.");
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
            // A device that is gone cannot take its memory back either.
        }
    }

    private string Describe(Exception error) => error is AcceleratorException
        ? error.Message
        : $"{Description.Name} ({Description.Id}) failed: {error.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.')}.";

    private static string Mebibytes(long bytes) => FormattableString.Invariant($"{bytes / 1048576.0:F0} MiB");
}
