using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class ApiReferenceTests(UnchangedServer unchanged) : IClassFixture<UnchangedServer>
{
    private const string Key = "correct-horse-battery";

    [Fact]
    public async Task Every_parameter_and_every_field_is_described()
    {
        TestServer server = unchanged.Server;
        JsonNode document = await server.GetAsync("/api/v1/openapi.json");
        string[] parameters =
        [
            .. document["paths"]!.AsObject()
                .SelectMany(path => path.Value!.AsObject())
                .SelectMany(operation => operation.Value!["parameters"]?.AsArray() ?? [])
                .Where(parameter => parameter!["description"] is null)
                .Select(parameter => (string)parameter!["name"]!)
                .Distinct(StringComparer.Ordinal),
        ];
        Assert.Empty(parameters);

        // Problems are of ASP.NET, whose names follow from RFC 9457; regions are of the engine.
        string[] fields =
        [
            .. document["components"]!["schemas"]!.AsObject()
                .Where(schema => schema.Key != "ProblemDetails")
                .SelectMany(schema => (schema.Value!["properties"]?.AsObject() ?? [])
                    .Where(field => !$"{field.Value}".Contains("\"description\"", StringComparison.Ordinal)
                        && !$"{field.Value}".Contains("\"$ref\"", StringComparison.Ordinal))
                    .Select(field => $"{schema.Key}.{field.Key}")),
        ];
        Assert.Empty(fields);
        Assert.All(
            document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()),
            operation => Assert.NotNull(operation.Value!["tags"]));
    }

    [Theory]
    [InlineData("InspectionJson", "decision", "normal check abnormal")]
    [InlineData("VerdictRequest", "value", "confirmed false_alarm missed")]
    [InlineData("JobJson", "state", "waiting running done failed cancelled interrupted")]
    [InlineData("VersionJson", "state", "active kept candidate discarded")]
    [InlineData("VersionJson", "origin", "fit update upload threshold file")]
    [InlineData("DriftJson", "state", "few steady drift")]
    [InlineData("CallerJson", "role", "view operate engineer")]
    public async Task The_words_of_a_field_are_an_enumeration(string type, string field, string words)
    {
        TestServer server = unchanged.Server;
        JsonNode document = await server.GetAsync("/api/v1/openapi.json");
        JsonNode schema = document["components"]!["schemas"]![type]!["properties"]![field]!;
        Assert.Equal(words.Split(' '), schema["enum"]!.AsArray().Select(word => (string)word!));
    }

    [Fact]
    public async Task The_page_of_the_API_needs_no_key_and_only_this_server()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { ApiKey = Key });
        string[] policies = new string[2];
        for (int i = 0; i < policies.Length; i++)
        {
            using HttpResponseMessage page = await server.Client.GetAsync("/docs/");
            string html = await page.Content.ReadAsStringAsync();
            policies[i] = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
            string nonce = policies[i].Split("'nonce-")[1].Split('\'')[0];
            Assert.Contains($"nonce=\"{nonce}\"", html, StringComparison.Ordinal);
            Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
            Assert.Contains("script-src 'self' 'nonce-", policies[i], StringComparison.Ordinal);
            Assert.Contains("connect-src 'self';", policies[i], StringComparison.Ordinal);
        }

        Assert.NotEqual(policies[0], policies[1]);
        Assert.True((await server.Client.GetByteArrayAsync("/docs/scalar.js")).Length > 1_000_000);
        Assert.NotEmpty(await server.Client.GetStringAsync("/api/v1/openapi.json"));
        using HttpResponseMessage data = await server.Client.GetAsync("/api/v1/models");
        await TestServer.AssertProblemAsync(401, "key", data);
    }
}
