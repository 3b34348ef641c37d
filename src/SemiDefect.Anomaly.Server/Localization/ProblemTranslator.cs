using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SemiDefect.Anomaly.Server.Localization;

/// <summary>
/// Translates what is wrong with a request into the language that the request asks for: English, or Korean where a
/// translation is known. Thread-safe.
/// </summary>
/// <remarks>
/// The translations are patterns of whole messages in korean.json; {0}, {1} and so on stand for what differs. So
/// messages of the engine are translated as well, without it knowing any language.
/// </remarks>
internal static partial class ProblemTranslator
{
    private const string Korean = "ko";
    private const string Resource = "korean.json";

    // Messages contain what a client has sent: the time of a match must be linear in their length.
    private const RegexOptions Exactly =
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking;

    // The most specific first: another pattern may match with a longer hole.
    private static readonly Lazy<(Regex Pattern, string Translation)[]> Patterns = new(() =>
    [
        .. Read().OrderByDescending(pair => pair.English.Length).Select(pair => (
            new Regex($"^{Hole().Replace(Regex.Escape(pair.English), "(.*?)")}$", Exactly),
            pair.Korean)),
    ]);

    /// <summary>A message in the language of a request.</summary>
    public static string Translate(HttpContext context, string message) =>
        WantsKorean(context.Request) ? ToKorean(message) ?? message : message;

    /// <summary>A message in Korean; null if no translation is known.</summary>
    public static string? ToKorean(string message)
    {
        foreach ((Regex pattern, string translation) in Patterns.Value)
        {
            if (pattern.Match(message) is { Success: true } match)
            {
                object[] holes = [.. match.Groups.Values.Skip(1).Select(group => group.Value)];
                return string.Format(CultureInfo.InvariantCulture, translation, holes);
            }
        }

        return null;
    }

    /// <summary>The messages that have a translation, as patterns.</summary>
    public static IReadOnlyList<(string English, string Korean)> Read()
    {
        using Stream stream = typeof(ProblemTranslator).Assembly.GetManifestResourceStream(Resource)!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return [.. document.RootElement.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!))];
    }

    // The language with the highest quality; the first of those that are equal.
    private static bool WantsKorean(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var languages)
        && languages
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.ToString())
            .FirstOrDefault(language => Is(language, Korean) || Is(language, "en")) is { } best
        && Is(best, Korean);

    private static bool Is(string language, string wanted) =>
        language.Equals(wanted, StringComparison.OrdinalIgnoreCase)
        || language.StartsWith($"{wanted}-", StringComparison.OrdinalIgnoreCase);

    // As Regex.Escape leaves a hole: the closing brace is no special character.
    [GeneratedRegex(@"\\\{\d+\}")]
    private static partial Regex Hole();
}
