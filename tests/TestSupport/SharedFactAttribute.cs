namespace SemiDefect.Anomaly.TestSupport;

/// <summary>
/// A test that needs the evaluation folder beside the repository; reported as skipped if the folder is missing.
/// </summary>
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
