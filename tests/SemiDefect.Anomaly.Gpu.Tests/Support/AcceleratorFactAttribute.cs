using Xunit.Sdk;

namespace SemiDefect.Anomaly.Gpu.Tests.Support;

/// <summary>A test of the abstract body; skipped, visibly, in a class whose kind of accelerator is not on this machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("SemiDefect.Anomaly.Gpu.Tests.Support.AcceleratorFactDiscoverer", "SemiDefect.Anomaly.Gpu.Tests")]
internal sealed class AcceleratorFactAttribute : FactAttribute;
