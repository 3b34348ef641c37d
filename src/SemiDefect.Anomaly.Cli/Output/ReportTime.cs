using System.Globalization;

namespace SemiDefect.Anomaly.Cli.Output;

/// <summary>
/// The time that a report carries: now, or what SOURCE_DATE_EPOCH says, for reports with the same bytes.
/// </summary>
internal static class ReportTime
{
    private const string Variable = "SOURCE_DATE_EPOCH";

    /// <summary>The time in the local time zone; in UTC if the variable sets it.</summary>
    /// <exception cref="SemiDefectException">The variable is not a number of seconds.</exception>
    public static DateTimeOffset Now() => Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text
        ? DateTimeOffset.Now
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new SemiDefectException($"{Variable} must be a number of seconds since 1970, not '{text}'.");
}
