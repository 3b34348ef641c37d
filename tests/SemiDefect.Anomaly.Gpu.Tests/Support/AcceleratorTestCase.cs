using Xunit.Abstractions;
using Xunit.Sdk;

namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>A test whose skip reason depends on the class that runs it.</summary>
public sealed class AcceleratorTestCase : XunitTestCase
{
    [Obsolete("For the runner alone.", error: true)]
    public AcceleratorTestCase()
    {
    }

    public AcceleratorTestCase(
        IMessageSink diagnostics,
        TestMethodDisplay display,
        TestMethodDisplayOptions displayOptions,
        ITestMethod testMethod)
        : base(diagnostics, display, displayOptions, testMethod)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        IAttributeInfo? bound =
            TestMethod.TestClass.Class.GetCustomAttributes(typeof(BoundToAttribute)).SingleOrDefault();
        AcceleratorKind kind = bound is null
            ? AcceleratorKind.Emulated
            : bound.GetNamedArgument<AcceleratorKind>(nameof(BoundToAttribute.Kind));
        return Machine.Find(kind) is null ? $"No {kind} device is on this machine." : base.GetSkipReason(factAttribute);
    }
}
