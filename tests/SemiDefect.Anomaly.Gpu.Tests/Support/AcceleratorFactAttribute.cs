using Xunit.Sdk;

namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>
/// A test of the abstract base class, reported as skipped if this machine has no accelerator of the subclass's kind.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(
    "SemiDefect.Anomaly.Gpu.Tests.Support.AcceleratorFactDiscoverer", "SemiDefect.Anomaly.Gpu.Tests")]
internal sealed class AcceleratorFactAttribute : FactAttribute;
