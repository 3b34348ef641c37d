using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Detection;

/// <summary>What is computed once for all branches that see the same patches. Owns the encoder. Thread-safe.</summary>
/// <param name="Plan">How images are looked at.</param>
/// <param name="Encoder">What makes patches of views.</param>
internal sealed record Lane(ViewPlan Plan, IPatchEncoder Encoder);
