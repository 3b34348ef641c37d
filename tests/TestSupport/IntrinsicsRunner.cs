using System.Diagnostics;
using System.Reflection;
using System.Runtime.Intrinsics;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// Runs a check of the test assembly in a child process with disabled instruction sets and returns its result, which
/// must be the same on every machine. The check is a static method without parameters that returns bytes.
/// </summary>
internal static class IntrinsicsRunner
{
    private const string Verb = "--run-check";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The settings to test, by the instruction sets that they disable (.NET 10's names); the first disables none.
    /// </summary>
    public static IReadOnlyList<string> Settings { get; } =
        ["", "EnableAVX512=0", "EnableAVX2=0", "EnableHWIntrinsic=0"];

    /// <summary>Runs <paramref name="check"/> in a child process.</summary>
    public static byte[] Run(Func<byte[]> check, string setting)
    {
        MethodInfo method = check.Method;
        if (!method.IsStatic || method.DeclaringType is not Type type)
        {
            throw new ArgumentException("The check must be a static method.", nameof(check));
        }

        using var folder = new TemporaryFolder();
        string output = folder.File("result.bin");
        var start = new ProcessStartInfo(
            Environment.ProcessPath is string path && Path.GetFileNameWithoutExtension(path) == "dotnet"
                ? path
                : "dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (string argument in new[] { "exec", type.Assembly.Location, Verb, type.FullName!, method.Name, output })
        {
            start.ArgumentList.Add(argument);
        }

        foreach (string name
            in start.Environment.Keys.Where(
                name => name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        if (setting.Length > 0)
        {
            string[] parts = setting.Split('=');
            start.Environment["DOTNET_" + parts[0]] = parts[1];
        }

        using Process child = Process.Start(start)!;
        Task<string> standardOutput = child.StandardOutput.ReadToEndAsync();
        string error = child.StandardError.ReadToEnd();
        if (!child.WaitForExit(Patience))
        {
            child.Kill();
            throw new TimeoutException($"{method.Name} did not end with {setting}.");
        }

        return child.ExitCode == 0
            ? File.ReadAllBytes(output)
            : throw new InvalidOperationException(
                $"{method.Name} failed with {setting}: {error} {standardOutput.Result}");
    }

    /// <summary>
    /// One byte per vector width: whether this process uses it. For tests that a setting took effect.
    /// </summary>
    public static byte[] AcceleratedWidths() =>
    [
        Convert.ToByte(Vector128.IsHardwareAccelerated),
        Convert.ToByte(Vector256.IsHardwareAccelerated),
        Convert.ToByte(Vector512.IsHardwareAccelerated),
    ];

    /// <summary>The child process, called by the entry point of every test assembly.</summary>
    public static int RunCheck(string[] arguments)
    {
        if (arguments is not [Verb, string typeName, string methodName, string output])
        {
            Console.Error.WriteLine("This assembly holds tests: run them with 'dotnet test'.");
            return 2;
        }

        Type type = Assembly.GetExecutingAssembly().GetType(typeName, throwOnError: true)!;
        MethodInfo method =
            type.GetMethod(methodName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [])
            ?? throw new MissingMethodException(typeName, methodName);
        File.WriteAllBytes(output, (byte[])method.Invoke(null, null)!);
        return 0;
    }
}
