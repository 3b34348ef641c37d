using ILGPU;
using ILGPU.Runtime;
using SemiDefect.Anomaly.Gpu.Devices;
using SemiDefect.Anomaly.Gpu.Kernels;
using SemiDefect.Anomaly.Search.Coresets;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Gpu.Selecting;

/// <summary>
/// Lets a device compare a pick's code with that of every row. Distances between codes are lower bounds of those
/// between rows, so rows that it skips cannot matter; the others are measured by the CPU in float64, as always, so the
/// picks are the same. Device memory: 64 x 4 + 16 bytes per row. Not thread-safe. The owner disposes it, which frees
/// the device memory.
/// </summary>
internal sealed unsafe class DeviceCenterFilter : ICenterFilter
{
    // For most picks, one transfer returns all near rows.
    private const int FirstRead = 1024;

    private readonly DeviceSession _session;
    private readonly int _count;
    private readonly int _padded;
    private readonly int _columns;
    private readonly CenterKernels _kernels;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _codes;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _limits;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _found;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _positions;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _lowered;
    private readonly int[] _near;

    private DeviceCenterFilter(DeviceSession session, BlockIndex index)
    {
        _session = session;
        _count = index.Order.Length;
        _padded = (_count + CenterKernel.GroupSize - 1) / CenterKernel.GroupSize * CenterKernel.GroupSize;
        _columns = index.Width;
        _near = new int[_count + 1];
        session.RequireMemory((long)_padded * 4 * (_columns + 4), $"the coreset of {_count} patches");
        Accelerator accelerator = session.Accelerator;
        _kernels = session.CenterKernels;
        try
        {
            _codes = accelerator.Allocate1D<float>((long)_padded * _columns);
            _limits = accelerator.Allocate1D<float>(_padded);
            _found = accelerator.Allocate1D<int>(_padded + 1);
            _positions = accelerator.Allocate1D<int>(_padded);
            _lowered = accelerator.Allocate1D<float>(_padded);
            float[] column = new float[_padded];
            for (int i = 0; i < _columns; i++)
            {
                for (int position = 0; position < _count; position++)
                {
                    column[position] = index.Code(position)[i];
                }

                _codes.View.SubView((long)i * _padded, _padded)
                    .CopyFromCPU(accelerator.DefaultStream, ref column[0], _padded);
                accelerator.DefaultStream.Synchronize();
            }
        }
        catch
        {
            FreeAll();
            throw;
        }
    }

    /// <summary>Uploads the codes.</summary>
    /// <returns>
    /// The filter, which the caller disposes; null if the device failed and the CPU must do the work.
    /// </returns>
    /// <exception cref="AcceleratorException">
    /// The device failed or has too little memory, and was requested by name.
    /// </exception>
    public static DeviceCenterFilter? TryCreate(DeviceSession session, BlockIndex index)
    {
        DeviceCenterFilter? filter = null;
        session.TryUse(() => filter = new DeviceCenterFilter(session, index));
        return filter;
    }

    /// <inheritdoc/>
    public bool TryReset(ReadOnlySpan<float> limits)
    {
        float[] padded = new float[_padded];
        Array.Fill(padded, float.NegativeInfinity);
        limits[.._count].CopyTo(padded);
        return _session.TryUse(() =>
        {
            AcceleratorStream stream = _session.Accelerator.DefaultStream;
            _limits.View.CopyFromCPU(stream, ref padded[0], padded.Length);
            stream.Synchronize();
        });
    }

    /// <inheritdoc/>
    public bool TryFindNear(
        int pick,
        float extra,
        ReadOnlySpan<int> positions,
        ReadOnlySpan<float> limits,
        out ReadOnlyMemory<int> near)
    {
        int found = 0;
        bool done;
        fixed (int* positionStart = positions)
        fixed (float* limitStart = limits)
        {
            nint positionAddress = (nint)positionStart;
            nint limitAddress = (nint)limitStart;
            int lowered = positions.Length;
            done =
                _session.TryUse(() => found = Find(pick, extra, (int*)positionAddress, (float*)limitAddress, lowered));
        }

        near = _near.AsMemory(1, found);
        return done;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_session.Gate)
        {
            try
            {
                FreeAll();
            }
            catch (Exception) when (_session.IsLost)
            {
                // A lost device cannot free its memory either.
            }
        }
    }

    private int Find(int pick, float extra, int* positions, float* limits, int lowered)
    {
        AcceleratorStream stream = _session.Accelerator.DefaultStream;
        if (lowered > 0)
        {
            _positions.View.SubView(0, lowered).CopyFromCPU(stream, ref *positions, lowered);
            _lowered.View.SubView(0, lowered).CopyFromCPU(stream, ref *limits, lowered);
        }

        int groups = Math.Max(1, (lowered + CenterKernel.GroupSize - 1) / CenterKernel.GroupSize);
        _kernels.Lower(
            stream,
            new KernelConfig(groups, CenterKernel.GroupSize),
            _limits.View.BaseView,
            _positions.View.BaseView,
            _lowered.View.BaseView,
            lowered,
            _found.View.BaseView);
        _kernels.Run(
            stream,
            new KernelConfig(_padded / CenterKernel.GroupSize, CenterKernel.GroupSize),
            _codes.View.BaseView,
            _limits.View.BaseView,
            _found.View.BaseView,
            pick,
            extra,
            _padded,
            _columns);
        int read = Math.Min(FirstRead, _near.Length);
        Read(stream, 0, read);
        int found = _near[0];
        if (found < 0 || found > _count)
        {
            throw new DeviceFaultException($"It returned {found} of {_count} patches");
        }

        if (found + 1 > read)
        {
            Read(stream, read, found + 1 - read);
        }

        if (_near.AsSpan(1, found).ContainsAnyExceptInRange(0, _count - 1))
        {
            throw new DeviceFaultException("It returned a patch that does not exist");
        }

        return found;
    }

    private void Read(AcceleratorStream stream, int start, int count)
    {
        _found.View.SubView(start, count).CopyToCPU(stream, ref _near[start], count);
        stream.Synchronize();
    }

    private void FreeAll()
    {
        _codes?.Dispose();
        _limits?.Dispose();
        _found?.Dispose();
        _positions?.Dispose();
        _lowered?.Dispose();
    }
}
