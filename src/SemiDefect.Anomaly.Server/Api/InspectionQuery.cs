using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>The filters of the history, as parameters of an address; an empty one counts as not given.</summary>
internal sealed record InspectionQuery
{
    [FromQuery(Name = "model")]
    public string? Model { get; init; }

    [FromQuery(Name = "decision")]
    public string? Decision { get; init; }

    [FromQuery(Name = "verdict")]
    public string? Verdict { get; init; }

    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    [FromQuery(Name = "min_margin")]
    public double? MinMargin { get; init; }

    [FromQuery(Name = "max_margin")]
    public double? MaxMargin { get; init; }

    [FromQuery(Name = "station")]
    public string? Station { get; init; }

    [FromQuery(Name = "lot")]
    public string? Lot { get; init; }

    [FromQuery(Name = "part")]
    public string? Part { get; init; }

    /// <summary>The filter.</summary>
    /// <param name="cursor">The cursor of a page; null for the first one.</param>
    /// <exception cref="ProblemException">A value is not one of those that there are (422).</exception>
    public InspectionFilter ToFilter(string? cursor = null)
    {
        Decision? one = string.IsNullOrEmpty(Decision)
            ? null
            : DecisionRule.Find(Decision)
                ?? throw ProblemException.Invalid("The decision to filter by is normal, check or abnormal.");
        if (!string.IsNullOrEmpty(Verdict)
            && Verdict != Verdicts.None
            && !Verdicts.All.Contains(Verdict, StringComparer.Ordinal))
        {
            throw ProblemException.Invalid(
                $"The verdict to filter by is one of {string.Join(", ", Verdicts.All)} and {Verdicts.None}.");
        }

        long before = 0;
        if (!string.IsNullOrEmpty(cursor)
            && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            throw ProblemException.Invalid("The cursor is not one that this server gave.");
        }

        return new InspectionFilter
        {
            Model = NullIfEmpty(Model),
            Decision = one,
            Verdict = NullIfEmpty(Verdict),
            From = From,
            To = To,
            MinMargin = MinMargin,
            MaxMargin = MaxMargin,
            Station = NullIfEmpty(Station),
            Lot = NullIfEmpty(Lot),
            Part = NullIfEmpty(Part),
            Before = string.IsNullOrEmpty(cursor) ? null : before,
        };
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
