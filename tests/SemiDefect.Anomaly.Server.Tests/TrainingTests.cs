using System.Net;
using System.Text.Json.Nodes;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Imaging.Codecs;
using SemiDefect.Anomaly.Server.Inspecting;
using SemiDefect.Anomaly.Server.Tests.Support;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class TrainingTests
{
    [Fact]
    public async Task A_training_image_is_removed_and_brought_back_and_each_change_is_audited_once()
    {
        await using TestServer server = await TestServer.StartAsync();
        await PutAsync(server, "a.png", Parts.Good(1));
        await PutAsync(server, "a.png", Parts.Good(1));
        await PutAsync(server, "a.png", Parts.Good(2));
        await PutAsync(server, "b.png", Parts.Good(3));
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(server, "a.png"));
        Assert.Equal(["b.png"], await NamesAsync(server));
        using HttpResponseMessage gone = await server.Client.GetAsync("/api/v1/models/new/training/a.png");
        await TestServer.AssertProblemAsync(404, "not-found", gone);

        Assert.Equal(HttpStatusCode.NoContent, await RestoreAsync(server, "a.png"));
        Assert.Equal(["a.png", "b.png"], await NamesAsync(server));
        Assert.Equal(Parts.Good(2), await server.Client.GetByteArrayAsync("/api/v1/models/new/training/a.png"));
        using HttpResponseMessage twice = await server.Client.PostAsync(
            "/api/v1/models/new/training/a.png/restore",
            null);
        await TestServer.AssertProblemAsync(404, "not-found", twice);

        // What came in its place is not overwritten.
        await DeleteAsync(server, "b.png");
        await PutAsync(server, "b.png", Parts.Good(4));
        using HttpResponseMessage taken = await server.Client.PostAsync(
            "/api/v1/models/new/training/b.png/restore",
            null);
        await TestServer.AssertProblemAsync(409, "exists", taken);

        JsonNode[] entries = [.. (await server.GetAsync("/api/v1/audit?model=new"))["entries"]!.AsArray().Reverse()!];
        Assert.Equal(
            [
                "training.added", "training.added", "training.added", "training.deleted", "training.returned",
                "training.deleted", "training.added",
            ],
            entries.Select(entry => (string)entry["action"]!));
        Assert.Null(entries[0]["before"]);
        Assert.Equal((string)entries[0]["after"]!["sha256"]!, (string)entries[1]["before"]!["sha256"]!);
        Assert.Equal((string)entries[1]["after"]!["sha256"]!, (string)entries[3]["before"]!["sha256"]!);
        Assert.Equal("a.png", (string)entries[4]["after"]!["name"]!);
        Assert.All(entries, entry => Assert.Equal("local", (string)entry["actor"]!));
    }

    [Fact]
    public async Task A_removed_image_is_gone_after_a_day()
    {
        await using TestServer server = await TestServer.StartAsync();
        await PutAsync(server, "a.png", Parts.Good(1));
        await PutAsync(server, "b.png", Parts.Good(2));
        await DeleteAsync(server, "a.png");
        await DeleteAsync(server, "b.png");
        string folder = Path.Combine(server.Options.DataFolder, "removed", "new");
        File.SetLastWriteTimeUtc(Path.Combine(folder, "a.png"), DateTime.UtcNow.AddHours(-25));
        await server.RestartAsync();
        await TestServer.WaitUntilAsync(
            () => Task.FromResult(!File.Exists(Path.Combine(folder, "a.png"))),
            "the end of the removed image");
        Assert.True(File.Exists(Path.Combine(folder, "b.png")));
        Assert.Equal(HttpStatusCode.NotFound, await RestoreAsync(server, "a.png"));
        Assert.Equal(HttpStatusCode.NoContent, await RestoreAsync(server, "b.png"));
    }

    [Fact]
    public async Task The_check_names_the_images_it_is_about()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode none = await server.GetAsync("/api/v1/models/new/training/check");
        Assert.Equal(0, (int)none["images"]!);
        Assert.Empty(none["findings"]!.AsArray());
        for (int i = 0; i < 12; i++)
        {
            await PutAsync(server, $"{i:D2}.png", Parts.Good(i));
        }

        await PutAsync(server, "copy.png", Parts.Good(3));
        await PutAsync(server, "odd.png", Plain(90, 20));
        JsonNode check = await server.GetAsync("/api/v1/models/new/training/check");
        Assert.Equal(14, (int)check["images"]!);
        Assert.Equal(["03.png", "copy.png"], ImagesOf(check, "duplicate"));
        Assert.Equal(["odd.png"], ImagesOf(check, "mixed_sizes"));
        Assert.Empty(ImagesOf(check, "few_good_images"));

        // A file that went bad on the disk, behind the back of the server.
        await File.WriteAllTextAsync(Path.Combine(server.Options.DataFolder, "training", "new", "00.png"), "broken");
        await DeleteAsync(server, "copy.png");
        check = await server.GetAsync("/api/v1/models/new/training/check");
        Assert.Equal("unreadable", (string)check["findings"]![0]!["code"]!);
        Assert.Equal("error", (string)check["findings"]![0]!["severity"]!);
        Assert.Equal(["00.png"], ImagesOf(check, "unreadable"));
        Assert.DoesNotContain(
            check["findings"]!.AsArray(),
            finding => (string)finding!["code"]! == "duplicate");
    }

    [Fact]
    public async Task A_thumbnail_of_a_training_image_is_small()
    {
        await using TestServer server = await TestServer.StartAsync();
        await PutAsync(server, "a.png", Plain(1200, 600));
        using HttpResponseMessage response = await server.Client.GetAsync(
            "/api/v1/models/new/training/a.png/thumbnail.webp");
        Assert.Equal("image/webp", response.Content.Headers.ContentType?.MediaType);
        Image image = ImageFile.Decode(await response.Content.ReadAsByteArrayAsync(), "a.webp");
        Assert.Equal((240, 120), (image.Width, image.Height));
        using HttpResponseMessage none = await server.Client.GetAsync(
            "/api/v1/models/new/training/b.png/thumbnail.webp");
        await TestServer.AssertProblemAsync(404, "not-found", none);
    }

    [Fact]
    public async Task An_image_unlike_those_learned_from_carries_a_note()
    {
        await using TestServer server = await TestServer.StartAsync();
        JsonNode like = await server.InspectAsync(Parts.Good(1));
        Assert.Empty(like["notes"]!.AsArray());
        JsonNode large = await server.InspectAsync(Plain(800, 600), "large.png");
        JsonNode note = Assert.Single(large["notes"]!.AsArray())!;
        Assert.Equal("size", (string)note["code"]!);
        Assert.Equal((Parts.Width, Parts.Height), ((int)note["learned_width"]!, (int)note["learned_height"]!));
        Assert.Contains("800 x 600", (string)note["message"]!, StringComparison.Ordinal);
        JsonNode wide = await server.InspectAsync(Plain(80, 30), "wide.png");
        Assert.Equal("shape", (string)Assert.Single(wide["notes"]!.AsArray())!["code"]!);

        // It stays with the inspection.
        await server.RestartAsync();
        JsonNode kept = await server.GetAsync($"/api/v1/inspections/{large["id"]}");
        Assert.Equal(note.ToJsonString(), Assert.Single(kept["notes"]!.AsArray())!.ToJsonString());
        string csv = await server.Client.GetStringAsync("/api/v1/inspections/export.csv");
        Assert.Equal(
            [string.Empty, "notes", "shape", "size"],
            csv.TrimEnd('\n')
                .Split('\n')
                .Select(line => line[(line.LastIndexOf(',') + 1)..])
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(40, 30, null)]
    [InlineData(160, 120, null)]
    [InlineData(10, 8, null)]
    [InlineData(161, 120, "shape")]
    [InlineData(9, 8, "size")]
    [InlineData(8000, 6000, "size")]
    [InlineData(50, 30, null)]
    [InlineData(51, 30, "shape")]
    [InlineData(30, 40, "shape")]
    [InlineData(300, 300, null)]
    public void Sizes_are_compared_with_every_size_learned_from(int width, int height, string? code) =>
        Assert.Equal(code, UnlikeSize.Find(width, height, [(40, 30), (300, 300)])?.Code);

    [Fact]
    public void Without_sizes_learned_from_nothing_is_said() => Assert.Null(UnlikeSize.Find(8000, 6000, []));

    private static string[] ImagesOf(JsonNode check, string code) =>
    [
        .. check["findings"]!.AsArray()
            .Single(finding => (string)finding!["code"]! == code)!["images"]!.AsArray()
            .Select(image => (string)image!),
    ];

    private static async Task<string[]> NamesAsync(TestServer server)
    {
        JsonNode training = await server.GetAsync("/api/v1/models/new/training");
        string[] names = [.. training["images"]!.AsArray().Select(image => (string)image!)];
        Assert.Equal(names, training["files"]!.AsArray().Select(file => (string)file!["name"]!));
        return names;
    }

    private static async Task PutAsync(TestServer server, string name, byte[] image)
    {
        using var content = new ByteArrayContent(image);
        using HttpResponseMessage response = await server.Client.PutAsync(
            $"/api/v1/models/new/training/{name}",
            content);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task<HttpStatusCode> DeleteAsync(TestServer server, string name)
    {
        using HttpResponseMessage response = await server.Client.DeleteAsync($"/api/v1/models/new/training/{name}");
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> RestoreAsync(TestServer server, string name)
    {
        using HttpResponseMessage response = await server.Client.PostAsync(
            $"/api/v1/models/new/training/{name}/restore",
            null);
        return response.StatusCode;
    }

    private static byte[] Plain(int width, int height)
    {
        byte[] rgb = new byte[3 * width * height];
        Array.Fill(rgb, (byte)120);
        using var stream = new MemoryStream();
        PngWriter.Write(stream, width, height, 3, rgb);
        return stream.ToArray();
    }
}
