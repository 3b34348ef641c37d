using Xunit.Abstractions;
using Xunit.Sdk;

namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>Creates the test cases of <see cref="AcceleratorFactAttribute"/>.</summary>
public sealed class AcceleratorFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo factAttribute) =>
        [
            new AcceleratorTestCase(
                diagnostics,
                discoveryOptions.MethodDisplayOrDefault(),
                discoveryOptions.MethodDisplayOptionsOrDefault(),
                testMethod)
        ];
}
