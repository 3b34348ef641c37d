using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SemiDefect.Anomaly.Scoring;

namespace SemiDefect.Anomaly.Native;

/// <summary>The functions of semidefect.h, which documents them. Thread-safe.</summary>
internal static unsafe class Exports
{
    private const int AbiVersion = 1;

    private static readonly HandleTable<SharedDetector> Detectors = new();
    private static readonly HandleTable<Inspection> Inspections = new();
    private static readonly nint Version = (nint)LastError.Copy(
        typeof(AnomalyDetector).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "unknown");

    [UnmanagedCallersOnly(EntryPoint = "sd_abi_version", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetAbiVersion() => AbiVersion;

    [UnmanagedCallersOnly(EntryPoint = "sd_version", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetVersion() => Version;

    [UnmanagedCallersOnly(EntryPoint = "sd_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static nint GetLastError() => (nint)LastError.Text;

    [UnmanagedCallersOnly(EntryPoint = "sd_detector_load", CallConvs = [typeof(CallConvCdecl)])]
    public static int LoadDetector(byte* path, int threads, nint* detector)
    {
        Clear(detector);
        return (int)Guard.Run(Status.Detector, () =>
        {
            Require(detector, nameof(detector));
            string file = Text(path, nameof(path));
            if (threads < 0)
            {
                throw new NativeCallException(Status.Argument, "The number of threads must be 0 or more.");
            }

            var loaded = AnomalyDetector.Load(file, new LoadOptions { Threads = threads });
            *detector = Detectors.Add(new SharedDetector(loaded));
        });
    }

    [UnmanagedCallersOnly(EntryPoint = "sd_detector_thresholds", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetThresholds(nint detector, NativeThresholds* thresholds) =>
        (int)Guard.Run(Status.Detector, () =>
        {
            Require(thresholds, nameof(thresholds));
            *thresholds = Detectors.Get(detector).Use(used => new NativeThresholds
            {
                Threshold = used.Thresholds.Image.Value,
                Check = used.Thresholds.Check?.Value ?? double.NaN,
                Pixel = used.Thresholds.Pixel.Value,
            });
        });

    [UnmanagedCallersOnly(EntryPoint = "sd_detector_free", CallConvs = [typeof(CallConvCdecl)])]
    public static int FreeDetector(nint detector) =>
        (int)Guard.Run(Status.Detector, () => Detectors.Remove(detector).Release());

    [UnmanagedCallersOnly(EntryPoint = "sd_inspect_file", CallConvs = [typeof(CallConvCdecl)])]
    public static int InspectFile(nint detector, byte* path, nint* inspection)
    {
        Clear(inspection);
        return (int)Guard.Run(Status.Image, () =>
        {
            Require(inspection, nameof(inspection));
            string file = Text(path, nameof(path));
            *inspection = Inspections.Add(Detectors.Get(detector).Use(used => used.Inspect(file)));
        });
    }

    [UnmanagedCallersOnly(EntryPoint = "sd_inspect_bytes", CallConvs = [typeof(CallConvCdecl)])]
    public static int InspectBytes(nint detector, byte* bytes, nuint length, nint* inspection)
    {
        Clear(inspection);
        return (int)Guard.Run(Status.Image, () =>
        {
            Require(inspection, nameof(inspection));
            Require(bytes, nameof(bytes));
            if (length > (nuint)Array.MaxLength)
            {
                throw new NativeCallException(Status.Argument, $"{length} bytes are too many for an image.");
            }

            SharedDetector shared = Detectors.Get(detector);
            using var stream = new UnmanagedMemoryStream(bytes, (long)length);
            *inspection = Inspections.Add(shared.Use(used => used.Inspect(stream, "image")));
        });
    }

    [UnmanagedCallersOnly(EntryPoint = "sd_inspect_pixels", CallConvs = [typeof(CallConvCdecl)])]
    public static int InspectPixels(
        nint detector, byte* pixels, int width, int height, nint stride, int format, nint* inspection)
    {
        Clear(inspection);
        return (int)Guard.Run(Status.Image, () =>
        {
            Require(inspection, nameof(inspection));
            Require(pixels, nameof(pixels));
            *inspection = Inspections.Add(Detectors.Get(detector).Use(used => used.Inspect(
                PixelReader.Read(pixels, width, height, stride, (PixelFormat)format, used.ImageLimits))));
        });
    }

    [UnmanagedCallersOnly(EntryPoint = "sd_inspection_result", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetResult(nint inspection, NativeResult* result) =>
        (int)Guard.Run(Status.Internal, () =>
        {
            Require(result, nameof(result));
            Inspection inspected = Inspections.Get(inspection);
            *result = new NativeResult
            {
                Score = inspected.Score,
                Threshold = inspected.Threshold,
                Check = inspected.CheckThreshold ?? double.NaN,
                PixelThreshold = inspected.PixelThreshold,
                PValue = inspected.PValue ?? double.NaN,
                Decision = (int)inspected.Decision,
                Width = inspected.Map.Width,
                Height = inspected.Map.Height,
                Regions = inspected.Regions.Count,
            };
        });

    [UnmanagedCallersOnly(EntryPoint = "sd_inspection_map", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetMap(nint inspection, float* map, nuint capacity) =>
        (int)Guard.Run(Status.Internal, () =>
        {
            Require(map, nameof(map));
            float[] values = Inspections.Get(inspection).Map.Values;
            if (capacity < (nuint)values.Length)
            {
                throw new NativeCallException(
                    Status.Argument, $"The map has {values.Length} values; there is room for {capacity}.");
            }

            values.CopyTo(new Span<float>(map, values.Length));
        });

    [UnmanagedCallersOnly(EntryPoint = "sd_inspection_region", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetRegion(nint inspection, int index, NativeRegion* region) =>
        (int)Guard.Run(Status.Internal, () =>
        {
            Require(region, nameof(region));
            IReadOnlyList<Region> regions = Inspections.Get(inspection).Regions;
            if (index < 0 || index >= regions.Count)
            {
                throw new NativeCallException(
                    Status.Argument, $"There is no region {index}; the inspection has {regions.Count}.");
            }

            Region found = regions[index];
            *region = new NativeRegion
            {
                CentroidX = found.CentroidX,
                CentroidY = found.CentroidY,
                X = found.X,
                Y = found.Y,
                Width = found.Width,
                Height = found.Height,
                Area = found.Area,
                Peak = found.Peak,
                PeakX = found.PeakX,
                PeakY = found.PeakY,
            };
        });

    [UnmanagedCallersOnly(EntryPoint = "sd_inspection_free", CallConvs = [typeof(CallConvCdecl)])]
    public static int FreeInspection(nint inspection) =>
        (int)Guard.Run(Status.Internal, () => Inspections.Remove(inspection));

    private static void Clear(nint* handle)
    {
        if (handle is not null)
        {
            *handle = 0;
        }
    }

    private static void Require(void* pointer, string name)
    {
        if (pointer is null)
        {
            throw new NativeCallException(Status.Argument, $"'{name}' is NULL.");
        }
    }

    private static string Text(byte* text, string name)
    {
        Require(text, name);
        string value = Marshal.PtrToStringUTF8((nint)text)!;
        return value.Length > 0 ? value : throw new NativeCallException(Status.Argument, $"'{name}' is empty.");
    }
}
