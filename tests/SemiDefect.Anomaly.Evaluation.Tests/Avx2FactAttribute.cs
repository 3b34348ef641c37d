using System.Runtime.Intrinsics.X86;

namespace SemiDefect.Anomaly.Evaluation.Tests;

/// <summary>
/// A test of figures to the last digit; reported as skipped on processors whose network outputs may differ in the last
/// bits (docs/identity.md).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Avx2FactAttribute : FactAttribute
{
    public Avx2FactAttribute()
    {
        if (!Avx2.IsSupported || !Fma.IsSupported)
        {
            Skip = "The exact figures are those of x64 processors with AVX2 and FMA.";
        }
    }
}
