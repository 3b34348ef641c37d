using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SemiDefect.Anomaly.Server.Localization;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed partial class ProblemTranslatorTests(UnchangedServer unchanged) : IClassFixture<UnchangedServer>
{
    [Theory]
    [InlineData("ko", true)]
    [InlineData("ko-KR,ko;q=0.9,en;q=0.8", true)]
    [InlineData("fr, ko;q=0.5", true)]
    [InlineData("en-US,en;q=0.9,ko;q=0.8", false)]
    [InlineData("ko;q=0.1, en;q=0.2", false)]
    [InlineData("kok", false)]
    [InlineData("", false)]
    [InlineData("\u00e4;;q", false)]
    public async Task A_problem_comes_in_the_language_of_the_request(string languages, bool isKorean)
    {
        TestServer server = unchanged.Server;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/models/line 7");
        if (languages.All(char.IsAscii))
        {
            request.Headers.TryAddWithoutValidation("Accept-Language", languages);
        }

        using HttpResponseMessage response = await server.Client.SendAsync(request);
        await TestServer.AssertProblemAsync(404, "not-found", response);
        string detail = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!;
        Assert.Equal(
            isKorean ? "\ubaa8\ub378 'line 7'\uc774(\uac00) \uc5c6\uc2b5\ub2c8\ub2e4." : "There is no model 'line 7'.",
            detail);
    }

    [Fact]
    public async Task An_image_that_is_none_is_refused_in_Korean_too()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Client.DefaultRequestHeaders.Add("Accept-Language", "ko");
        using HttpResponseMessage response = await server.PostImageAsync([1, 2, 3], "a'b.png");
        string text = await response.Content.ReadAsStringAsync();
        Assert.Contains("'a'b.png'", text, StringComparison.Ordinal);
        Assert.Contains("\uc774\ubbf8\uc9c0\uac00 \uc544\ub2d9\ub2c8\ub2e4", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_message_of_the_server_has_a_translation()
    {
        string folder = Path.Combine(Repository.Root, "src", "SemiDefect.Anomaly.Server");
        string[] messages =
        [
            .. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                    StringComparison.Ordinal))
                .SelectMany(path => Messages(File.ReadAllText(path)))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(messages.Length > 50, $"{messages.Length} messages found");
        Assert.DoesNotContain(messages, message => ProblemTranslator.ToKorean(message) is null);
    }

    [Fact]
    public void A_long_message_that_nearly_matches_takes_no_time()
    {
        string hostile = string.Concat(Enumerable.Repeat("a would call 1 of 2 known defects normal: . ", 2000));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Null(ProblemTranslator.ToKorean(hostile));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
    }

    [Fact]
    public void Translations_keep_what_differs()
    {
        foreach ((string english, string korean) in ProblemTranslator.Read())
        {
            string[] holes = [.. Hole().Matches(english).Select(hole => hole.Value).Distinct()];
            Assert.Equal(
                holes.Order(StringComparer.Ordinal),
                Hole().Matches(korean).Select(hole => hole.Value).Distinct().Order(StringComparer.Ordinal));
            string message = Hole().Replace(english, hole => $"<{hole.Value[1..^1]}>");
            Assert.Equal(Hole().Replace(korean, hole => $"<{hole.Value[1..^1]}>"), ProblemTranslator.ToKorean(message));
        }
    }

    // The sentences in the source of a rejected request, with 7 for everything that differs.
    private static IEnumerable<string> Messages(string source)
    {
        foreach (Match start in Start().Matches(source))
        {
            string call = Call(source, start.Index + start.Length);
            foreach (Match text in Text().Matches(Joint().Replace(call, string.Empty)))
            {
                string message = Inserted().Replace(text.Groups[1].Value, "7");
                if (message.EndsWith('.') && message.Contains(' ', StringComparison.Ordinal))
                {
                    yield return message;
                }
            }
        }
    }

    private static string Call(string source, int from)
    {
        int depth = 1;
        int to = from;
        for (; depth > 0; to++)
        {
            depth += source[to] == '(' ? 1 : source[to] == ')' ? -1 : 0;
        }

        return source[from..(to - 1)];
    }

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"(?:new ProblemException|ProblemException\.Invalid|ProblemException\.NotFound)\(")]
    private static partial Regex Start();

    // Two literals that are added.
    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"")]
    private static partial Regex Joint();

    // A literal; what is inserted may contain literals of its own.
    [GeneratedRegex("\"((?:\\{[^{}]*\\}|[^\"{}])*)\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Inserted();
}
