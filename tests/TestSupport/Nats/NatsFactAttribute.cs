namespace SemiDefect.Anomaly.TestSupport;

/// <summary>A test that needs nats-server; reported as skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NatsFactAttribute : FactAttribute
{
    public NatsFactAttribute()
    {
        if (NatsServer.Program is null)
        {
            Skip = "nats-server is not installed.";
        }
    }
}
