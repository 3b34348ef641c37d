namespace SemiDefect.Anomaly.TestSupport;

/// <summary>A test that needs the evaluation folder beside the repository; skipped, visibly, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute()
    {
        if (Repository.Shared is null)
        {
            Skip = "The evaluation folder ../shared is not beside the repository.";
        }
    }
}
