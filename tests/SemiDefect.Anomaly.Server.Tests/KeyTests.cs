using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Server.Security;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class KeyTests
{
    private const string ViewKey = "view-key-0123456789";
    private const string OperateKey = "operate-key-0123456789";
    private const string EngineerKey = "engineer-key-0123456789";

    [Fact]
    public async Task Each_role_may_do_its_part_and_acts_under_its_name()
    {
        await using TestServer server = await StartAsync();
        Use(server, ViewKey);
        JsonNode caller = await server.GetAsync("/api/v1/caller");
        Assert.Equal(("wall", "view"), ((string)caller["name"]!, (string)caller["role"]!));
        Assert.Equal("tiny", (string)(await server.GetAsync("/api/v1/models"))["models"]![0]!["name"]!);
        using (HttpResponseMessage inspected = await server.PostImageAsync(Parts.Bad(1)))
        {
            await TestServer.AssertProblemAsync(403, "role", inspected);
            string text = await inspected.Content.ReadAsStringAsync();
            Assert.Contains("'wall' has the role view; this needs the role operate", text, StringComparison.Ordinal);
        }

        Use(server, OperateKey);
        JsonNode inspection = await server.InspectAsync(Parts.Bad(1));
        await server.PutAsync($"/api/v1/inspections/{inspection["id"]}/verdict", new { value = "confirmed" });
        foreach (Func<Task<HttpResponseMessage>> change in new Func<Task<HttpResponseMessage>>[]
        {
            () => server.Client.DeleteAsync("/api/v1/models/tiny"),
            () => server.Client.PutAsJsonAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.05 }),
            () => server.Client.PostAsJsonAsync("/api/v1/models/tiny/fit", new { }),
            () => server.Client.PostAsJsonAsync("/api/v1/models/tiny/update", new { }),
            () => server.Client.PostAsJsonAsync("/api/v1/models/tiny/versions/1/activate", new { }),
            () => server.Client.DeleteAsync("/api/v1/models/tiny/training"),
            () => server.Client.DeleteAsync("/api/v1/jobs/1"),
        })
        {
            using HttpResponseMessage refused = await change();
            await TestServer.AssertProblemAsync(403, "role", refused);
        }

        Use(server, EngineerKey);
        await server.PutAsync("/api/v1/models/tiny/threshold", new { false_alarm_rate = 0.05 });
        Assert.Equal(
            ["threshold.set anna", "version.added anna", "verdict.set line-3"],
            (await server.GetAsync("/api/v1/audit?limit=3"))["entries"]!.AsArray()
                .Select(entry => $"{entry!["action"]} {entry["actor"]}"));
    }

    [Fact]
    public async Task A_wrong_key_gets_a_sentence_of_its_own()
    {
        await using TestServer server = await StartAsync();
        using (HttpResponseMessage none = await server.Client.GetAsync("/api/v1/models"))
        {
            await TestServer.AssertProblemAsync(401, "key", none);
            Assert.Contains("Send the API key", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Use(server, "a-wrong-key-0123456789");
        using HttpResponseMessage wrong = await server.Client.GetAsync("/api/v1/models");
        await TestServer.AssertProblemAsync(401, "key", wrong);
        Assert.Contains("does not know the API key", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_file_holds_one_key_or_a_line_for_each()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("keys");
        File.WriteAllText(path, $"  {EngineerKey}\n");
        Assert.Equal(
            [new AccessKey("key", AccessRole.Engineer, EngineerKey)],
            InspectionServer.ReadKeyFile(path));
        File.WriteAllText(path, $"# the line\nview wall {ViewKey}\n\noperate\tline-3  {OperateKey}\r\n");
        Assert.Equal(
            [
                new AccessKey("wall", AccessRole.View, ViewKey),
                new AccessKey("line-3", AccessRole.Operate, OperateKey),
            ],
            InspectionServer.ReadKeyFile(path));
        Assert.DoesNotContain(ViewKey, $"{new AccessKey("wall", AccessRole.View, ViewKey)}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("admin anna engineer-key-0123456789")]
    [InlineData("view wall short")]
    [InlineData("view view-key-0123456789")]
    [InlineData("view wa/ll view-key-0123456789")]
    public void A_key_file_that_is_none_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("keys"), text);
        Assert.Throws<SemiDefectException>(() => InspectionServer.ReadKeyFile(folder.File("keys")));
    }

    [Fact]
    public void Two_keys_of_one_name_are_refused()
    {
        using var folder = new TemporaryFolder();
        var options = new ServerOptions
        {
            ModelsFolder = folder.File("m"),
            DataFolder = folder.File("d"),
            Keys = [new("a", AccessRole.View, ViewKey), new("a", AccessRole.View, OperateKey)],
        };
        Assert.Throws<SemiDefectException>(options.Validate);
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(options => options with
    {
        Keys =
        [
            new AccessKey("wall", AccessRole.View, ViewKey),
            new AccessKey("line-3", AccessRole.Operate, OperateKey),
            new AccessKey("anna", AccessRole.Engineer, EngineerKey),
        ],
    });

    private static void Use(TestServer server, string key)
    {
        server.Client.DefaultRequestHeaders.Remove("X-Api-Key");
        server.Client.DefaultRequestHeaders.Add("X-Api-Key", key);
    }
}
