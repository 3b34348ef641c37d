using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>
/// Finds the libraries of GPU drivers. If only a driver without development files is installed, as in containers, Linux
/// has the libraries only under versioned names, which ILGPU does not look for. Thread-safe.
/// </summary>
internal static class DriverLibraries
{
    private const string Cuda = "cuda";
    private const string OpenCL = "OpenCL";

    /// <summary>
    /// Whether there is a driver at all, without loading ILGPU, so that the check costs nothing on machines without
    /// one.
    /// </summary>
    public static bool AreThere()
    {
        foreach (string name in Names(Cuda).Concat(Names(OpenCL)))
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                NativeLibrary.Free(library);
                return true;
            }
        }

        return false;
    }

    /// <summary>Registers a resolver for ILGPU.</summary>
    public static void Register()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // A later version of ILGPU resolves the libraries itself.
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string candidate in Names(name))
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out nint library))
            {
                return library;
            }
        }

        // Fall back to the default resolution.
        return 0;
    }

    private static string[] Names(string library) => library switch
    {
        Cuda => OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"],
        OpenCL => OperatingSystem.IsWindows() ? ["OpenCL.dll"] : ["libOpenCL.so.1", "libOpenCL.so"],
        _ => [],
    };
}
