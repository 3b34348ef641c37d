using SemiDefect.Anomaly.Server.Api;

namespace SemiDefect.Anomaly.Server.Models;

/// <summary>Whether known defects may be lost, and why. Immutable.</summary>
internal sealed record Override
{
    private const int LongestReason = 500;

    private Override(bool isGiven, string? reason)
    {
        IsGiven = isGiven;
        Reason = reason;
    }

    public bool IsGiven { get; }

    public string? Reason { get; }

    /// <summary>Checks what a request says.</summary>
    /// <exception cref="ProblemException">An override has no reason, or the reason is too long.</exception>
    public static Override Of(bool? isGiven, string? reason)
    {
        string? text = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
        return isGiven == true && text is null
            ? throw ProblemException.Invalid("An override needs a reason, which the audit records.")
            : text is { Length: > LongestReason }
            ? throw ProblemException.Invalid($"A reason may have {LongestReason} characters.")
            : new Override(isGiven == true, text);
    }
}
