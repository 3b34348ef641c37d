using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace SemiDefect.Anomaly.Gpu.Devices;

/// <summary>
/// Finds the drivers' libraries. Where only a driver is installed and nothing for developers, as in containers, Linux has them under their versioned names
/// alone, which ILGPU does not look for. Thread-safe.
/// </summary>
internal static class DriverLibraries
{
    private const string Cuda = "cuda";
    private const string OpenCL = "OpenCL";

    /// <summary>Whether there is a driver at all, without loading ILGPU: a machine without one should not pay for the question.</summary>
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

    /// <summary>Teaches ILGPU where to look.</summary>
    public static void Register()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // ILGPU has come to look by itself.
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

        // As if nobody had been asked.
        return 0;
    }

    private static string[] Names(string library) => library switch
    {
        Cuda => OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"],
        OpenCL => OperatingSystem.IsWindows() ? ["OpenCL.dll"] : ["libOpenCL.so.1", "libOpenCL.so"],
        _ => [],
    };
}
