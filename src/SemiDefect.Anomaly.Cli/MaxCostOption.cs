using System.CommandLine;
using System.Globalization;

namespace SemiDefect.Anomaly.Cli;

/// <summary>The option <c>--max-cost</c>, a limit on the multiply-adds of an inspection.</summary>
internal sealed class MaxCostOption
{
    private const string Name = "--max-cost";

    private static readonly (char Letter, decimal Factor)[] Units =
        [('k', 1e3m), ('M', 1e6m), ('G', 1e9m), ('T', 1e12m)];

    /// <summary>The option.</summary>
    public Option<string?> Option { get; } = new(Name)
    {
        Description = "The most multiply-adds that an inspection may take, of the networks and at most of the search, "
            + "such as 2e9 or 2G: --tune chooses within it, and what takes more is refused.",
        HelpName = "N",
    };

    /// <summary>Reads the limit; null if the option is not given.</summary>
    /// <exception cref="UsageException">It is not such a number.</exception>
    public long? Read(ParseResult parsed) => parsed.GetValue(Option) is not { } text ? null
        : TryParse(text, out long limit) ? limit
        : throw new UsageException($"{Name} must be a number of multiply-adds such as 2e9 or 2G, not '{text}'.");

    private static bool TryParse(string text, out long limit)
    {
        (char letter, decimal factor) = Units.FirstOrDefault(
            unit => text.EndsWith(unit.Letter.ToString(), StringComparison.OrdinalIgnoreCase), ('\0', 1));
        bool isNumber = decimal.TryParse(
            letter == '\0' ? text : text[..^1],
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out decimal number);
        decimal most = 1L << 62;
        limit = isNumber && number <= most / factor ? (long)(number * factor) : 0;
        return limit >= 1;
    }
}
