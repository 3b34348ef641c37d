using System.Globalization;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class HistoryTests(UnchangedServer unchanged) : IClassFixture<UnchangedServer>
{
    [Fact]
    public async Task Pages_show_every_inspection_once_the_newest_first()
    {
        await using TestServer server = await TestServer.StartAsync();
        for (int i = 0; i < 7; i++)
        {
            await server.InspectAsync(Parts.Good(i), $"{i}");
        }

        var names = new List<string>();
        string? cursor = null;
        do
        {
            JsonNode page = await server.GetAsync($"/api/v1/inspections?limit=3&cursor={cursor}");
            names.AddRange(page["inspections"]!.AsArray().Select(node => (string)node!["name"]!));
            cursor = (string?)page["next_cursor"];
            if (names.Count == 3)
            {
                await server.InspectAsync(Parts.Good(9), "late");
            }
        }
        while (cursor is not null);

        Assert.Equal(["6", "5", "4", "3", "2", "1", "0"], names);
    }

    [Fact]
    public async Task Filters_choose_by_model_decision_verdict_time_and_margin()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode good = await server.InspectAsync(Parts.Good(40), "good");
        await Task.Delay(20);
        JsonNode bad = await server.InspectAsync(Parts.Bad(41), "bad");
        await server.PutAsync($"/api/v1/inspections/{bad["id"]}/verdict", new { value = "confirmed" });
        async Task<string> Names(string query) =>
            string.Join(
                ' ',
                (await server.GetAsync($"/api/v1/inspections?{query}"))["inspections"]!.AsArray()
                    .Select(node => (string)node!["name"]!));

        string between = Uri.EscapeDataString((string)bad["time"]!);
        Assert.Equal("bad good", await Names("model=tiny"));
        Assert.Equal("", await Names("model=other"));
        Assert.Equal("bad", await Names("decision=abnormal"));
        Assert.Equal("good", await Names("decision=normal"));
        Assert.Equal("bad", await Names("verdict=confirmed"));
        Assert.Equal("good", await Names("verdict=none"));
        Assert.Equal("bad", await Names($"from={between}"));
        Assert.Equal("good", await Names($"to={between}"));
        Assert.Equal("bad", await Names("min_margin=0"));
        Assert.Equal("good", await Names("max_margin=0"));
        Assert.Equal("good", await Names($"cursor={bad["id"]}"));
        Assert.True((double)good["margin"]! < 0);
    }

    [Theory]
    [InlineData("model=tiny'%20OR%20'1'='1")]
    [InlineData("model=x';DROP%20TABLE%20inspections;--")]
    public async Task SQL_in_a_filter_is_a_text_like_any_other(string query)
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.InspectAsync(Parts.Good(1));
        Assert.Empty((await server.GetAsync($"/api/v1/inspections?{query}"))["inspections"]!.AsArray());
        Assert.Single((await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray());
    }

    [Theory]
    [InlineData("decision=maybe", 422)]
    [InlineData("verdict=1%20OR%201", 422)]
    [InlineData("cursor=-1", 422)]
    [InlineData("cursor=1;--", 422)]
    [InlineData("limit=0", 422)]
    [InlineData("limit=501", 422)]
    [InlineData("limit=x", 400)]
    [InlineData("from=yesterday", 400)]
    [InlineData("min_margin=low", 400)]
    public async Task A_filter_that_cannot_be_is_refused(string query, int status)
    {
        TestServer server = unchanged.Server;
        using HttpResponseMessage response = await server.Client.GetAsync($"/api/v1/inspections?{query}");
        await TestServer.AssertProblemAsync(status, status == 422 ? "invalid" : "bad-request", response);
    }

    [Theory]
    [InlineData("from=yesterday", "The parameter 'from' is a time like 2026-11-01T06:00:00Z, not 'yesterday'.")]
    [InlineData("min_margin=low", "The parameter 'min_margin' is a number, not 'low'.")]
    [InlineData("limit=x", "The parameter 'limit' is a number, not 'x'.")]
    public async Task A_parameter_that_cannot_be_read_is_named_as_in_the_address(string query, string detail)
    {
        TestServer server = unchanged.Server;
        using HttpResponseMessage response = await server.Client.GetAsync($"/api/v1/inspections?{query}");
        Assert.Equal(detail, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!);
    }

    [Theory]
    [InlineData("DELETE", "/api/v1/inspections", 405, "GET")]
    [InlineData("GET", "/api/v1/models/tiny/inspect", 405, "POST")]
    [InlineData("POST", "/api/v1/inspections/7/verdict", 405, "DELETE, PUT")]
    [InlineData("POST", "/api/v1/inspections/seven/verdict", 404, "")]
    [InlineData("GET", "/api/v1/nothing", 404, "")]
    public async Task Another_method_is_told_from_nothing_at_all(
        string method,
        string path,
        int status,
        string allow)
    {
        TestServer server = unchanged.Server;
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        await TestServer.AssertProblemAsync(status, status == 405 ? "method" : "not-found", response);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Thumbnails_are_small()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode one = await server.InspectAsync(Parts.Good(1));
        byte[] webp = await server.Client.GetByteArrayAsync($"/api/v1/inspections/{one["id"]}/thumbnail.webp");
        byte[] png = await server.Client.GetByteArrayAsync($"/api/v1/inspections/{one["id"]}/thumbnail.png");
        Assert.True(webp.Length < png.Length / 2, $"{webp.Length} and {png.Length} bytes");
        Assert.Equal("WEBP"u8, webp.AsSpan(8, 4));
    }

    [Fact]
    public async Task The_export_holds_the_history_and_no_formula()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode first = await server.InspectAsync(Parts.Bad(1), "=HYPERLINK(\"x\"),1");
        await server.InspectAsync(Parts.Good(2), "plain");
        string csv = await server.Client.GetStringAsync("/api/v1/inspections/export.csv?decision=abnormal");
        string[] lines = csv.TrimEnd('\n').Split('\n');

        Assert.Equal(2, lines.Length);
        Assert.StartsWith("id,time,model,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",\"'=HYPERLINK(\"\"x\"\"),1\",", lines[1], StringComparison.Ordinal);
        Assert.Contains(
            ((double)first["score"]!).ToString(CultureInfo.InvariantCulture),
            lines[1],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verdict_must_fit_the_decision_and_can_be_taken_back()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode bad = await server.InspectAsync(Parts.Bad(1));
        JsonNode good = await server.InspectAsync(Parts.Good(2));
        string badVerdict = $"/api/v1/inspections/{bad["id"]}/verdict";
        string goodVerdict = $"/api/v1/inspections/{good["id"]}/verdict";
        string feedback = Path.Combine(server.Options.DataFolder, "feedback", "tiny", "good", $"{bad["id"]}.png");

        JsonNode judged = await server.PutAsync(badVerdict, new { value = "false_alarm", note = "먼지" });
        Assert.Equal(
            ("false_alarm", "먼지"),
            ((string)judged["verdict"]!["value"]!, (string)judged["verdict"]!["note"]!));
        Assert.Equal(Parts.Bad(1), await File.ReadAllBytesAsync(feedback));
        foreach ((string path, object body) in new (string, object)[]
        {
            (badVerdict, new { value = "missed" }),
            (goodVerdict, new { value = "false_alarm" }),
            (goodVerdict, new { value = "fine" }),
            (goodVerdict, new { value = "missed", note = new string('x', 501) }),
        })
        {
            using HttpResponseMessage response = await server.Client.PutAsync(
                path,
                System.Net.Http.Json.JsonContent.Create(body));
            await TestServer.AssertProblemAsync(422, "invalid", response);
        }

        using HttpResponseMessage deleted = await server.Client.DeleteAsync(badVerdict);
        Assert.Null((await TestServer.ReadAsync(deleted))["verdict"]);
        Assert.False(File.Exists(feedback));
    }

    [Fact]
    public async Task Verdicts_become_advice_on_the_threshold()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Null((await server.GetAsync("/api/v1/models/tiny/advice"))["suggested"]);
        for (int i = 0; i < 5; i++)
        {
            JsonNode good = await server.InspectAsync(Parts.Good(60 + i));
            await server.PutAsync(
                $"/api/v1/inspections/{good["id"]}/verdict",
                new { value = (string)good["decision"]! == "normal" ? "confirmed" : "false_alarm" });
            JsonNode bad = await server.InspectAsync(Parts.Bad(70 + i));
            await server.PutAsync($"/api/v1/inspections/{bad["id"]}/verdict", new { value = "confirmed" });
        }

        JsonNode advice = await server.GetAsync("/api/v1/models/tiny/advice");
        Assert.Equal((5, 5), ((int)advice["good"]!, (int)advice["bad"]!));
        Assert.Equal(1, (double)advice["f1"]!);
        Assert.True(
            (double)advice["suggested"]! >= (double)advice["highest_good"]!
                && (double)advice["suggested"]! < (double)advice["lowest_bad"]!);
    }

    [Fact]
    public async Task Old_pictures_and_old_inspections_go_when_their_limits_are_reached()
    {
        await using TestServer server =
            await TestServer.StartAsync(options => options with { PictureBytes = 20_000, MaxInspections = 8 });
        for (int i = 0; i < 12; i++)
        {
            await server.InspectAsync(Parts.Good(i), $"{i}");
        }

        // The limits are enforced every few seconds and at the start.
        await server.RestartAsync();
        JsonArray left = [];
        await TestServer.WaitUntilAsync(
            async () =>
            {
                left = (await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray().DeepClone().AsArray();
                return left.Count == 8 && (string?)left[^1]!["links"]!["image"] is null;
            },
            "8 inspections, the oldest without its picture");
        Assert.NotNull((string?)left[0]!["links"]!["image"]);
        var pictures = new DirectoryInfo(Path.Combine(server.Options.DataFolder, "pictures"));
        await TestServer.WaitUntilAsync(
            () =>
            {
                long bytes = pictures.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
                return Task.FromResult(bytes is > 0 and <= 20_000);
            },
            "pictures of 20,000 bytes at most");
        using HttpResponseMessage gone = await server.Client.GetAsync(
            $"/api/v1/inspections/{left[^1]!["id"]}/heatmap.png");
        await TestServer.AssertProblemAsync(404, "not-found", gone);
    }
}
