using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>
/// Refuses requests that the role of the caller does not allow. An endpoint that does not name a role needs the right
/// to view if it only reads, and that of an engineer otherwise. Stateless.
/// </summary>
internal static class RoleGuard
{
    /// <summary>Names the role that an endpoint needs.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, AccessRole role)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Requirement(role));

    /// <summary>Called once the endpoint of a request is known.</summary>
    /// <exception cref="ProblemException">The caller may not do this (403).</exception>
    public static void Check(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint || context.Items[typeof(Caller)] is not Caller caller)
        {
            return;
        }

        bool reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        AccessRole needed = endpoint.Metadata.GetMetadata<Requirement>()?.Role
            ?? (reads ? AccessRole.View : AccessRole.Engineer);
        if (caller.Role < needed)
        {
            throw new ProblemException(
                StatusCodes.Status403Forbidden,
                "role",
                $"The key '{caller.Name}' has the role {AccessKey.RoleName(caller.Role)}; this needs the role "
                    + $"{AccessKey.RoleName(needed)}.");
        }
    }

    private sealed record Requirement(AccessRole Role);
}
