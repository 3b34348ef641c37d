using Microsoft.AspNetCore.Http;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>Who makes a request. Immutable; endpoints take it as a parameter.</summary>
/// <param name="Name">The name of the key: the actor in the audit.</param>
/// <param name="Role">What it may do.</param>
internal sealed record Caller(string Name, AccessRole Role)
{
    /// <summary>The caller of a server without keys.</summary>
    public static Caller Local { get; } = new("local", AccessRole.Engineer);

    public void Attach(HttpContext context) => context.Items[typeof(Caller)] = this;

    /// <summary>The caller that was attached; used by ASP.NET for parameters of endpoints.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) =>
        ValueTask.FromResult(context.Items[typeof(Caller)] as Caller);
}
