using BenchmarkDotNet.Running;

namespace SemiDefect.Anomaly.Benchmarks;

/// <summary>`dotnet run -c Release --project tests/SemiDefect.Anomaly.Benchmarks -- --filter '*'`</summary>
internal static class Program
{
    private static void Main(string[] arguments) =>
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
}
