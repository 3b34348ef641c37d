namespace SemiDefect.Anomaly.TestSupport;

/// <summary>The entry point of the test assemblies, for child processes; `dotnet test` does not use it.</summary>
internal static class TestProgram
{
    private static int Main(string[] arguments) => IntrinsicsRunner.RunCheck(arguments);
}
