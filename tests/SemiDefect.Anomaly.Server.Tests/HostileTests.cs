using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.IO.Hashing;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using SemiDefect.Anomaly.Server.Tests.Support;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests;

public sealed class HostileTests(UnchangedServer unchanged) : IClassFixture<UnchangedServer>
{
    private const string Key = "correct-horse-battery";

    [Fact]
    public async Task Without_the_key_or_with_a_wrong_one_nothing_is_told()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { ApiKey = Key });
        string[] closed =
        [
            "/api/v1/models", "/API/v1/models", "/api/v1/inspections/1/image", "/metrics", "/METRICS", "/api/nothing",
        ];
        foreach (string path in closed)
        {
            foreach (string? key in new[] { null, "", "wrong-horse-battery", Key + "x", Key[..^1] })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.TryAddWithoutValidation("X-Api-Key", key);
                using HttpResponseMessage response = await server.Client.SendAsync(request);
                await TestServer.AssertProblemAsync(401, "key", response);
            }
        }

        foreach ((string name, string value) in new[] { ("X-Api-Key", Key), ("Authorization", $"Bearer {Key}") })
        {
            foreach (string path in new[] { "/api/v1/models", "/metrics" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Add(name, value);
                using HttpResponseMessage response = await server.Client.SendAsync(request);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        }

        foreach (string path in new[] { "/", "/health/live", "/health/ready", "/js/main.js", "/api/v1/openapi.json" })
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(path)).StatusCode);
        }
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "127.0.0.1.evil.example:80")]
    public async Task Another_sites_page_cannot_call_the_API(string header, string value)
    {
        TestServer server = unchanged.Server;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/models/tiny/inspect")
        {
            Content = new ByteArrayContent(Parts.Good(1)),
        };
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        await TestServer.AssertProblemAsync(403, header == "Host" ? "foreign-host" : "cross-site", response);
        Assert.Empty((await server.GetAsync("/api/v1/inspections"))["inspections"]!.AsArray());
    }

    [Fact]
    public async Task Its_own_page_may()
    {
        TestServer server = unchanged.Server;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/models");
        request.Headers.Add("Origin", server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(
            "default-src 'none'",
            response.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://192.0.2.1:8080")]
    public void A_public_address_without_a_key_is_refused(string url)
    {
        using var folder = new TemporaryFolder();
        var options =
            new ServerOptions { ModelsFolder = folder.File("m"), DataFolder = folder.File("d"), Urls = [url] };
        Assert.Contains(
            "API key",
            Assert.Throws<SemiDefectException>(options.Validate).Message,
            StringComparison.Ordinal);
        (options with { ApiKey = Key }).Validate();
    }

    [Theory]
    [InlineData("https://127.0.0.1:1")]
    [InlineData("http://example.com:80")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("127.0.0.1:80")]
    public void An_address_that_cannot_be_listened_on_is_refused(string url)
    {
        using var folder = new TemporaryFolder();
        var options =
            new ServerOptions { ModelsFolder = folder.File("m"), DataFolder = folder.File("d"), Urls = [url] };
        Assert.Throws<SemiDefectException>(options.Validate);
    }

    [Fact]
    public async Task Too_large_bodies_are_refused_whether_they_say_so_or_not()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with
        {
            MaxImageBytes = 10_000,
            MaxRequestBytes = 30_000,
            MaxImagesPerRequest = 3,
        });
        using HttpResponseMessage claimed = await server.PostImageAsync(new byte[20_000]);
        await TestServer.AssertProblemAsync(413, "too-large", claimed);

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/api/v1/models/tiny/inspect")
        {
            Content = new StreamContent(new MemoryStream(new byte[20_000])),
        };
        chunked.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage unclaimed = await server.Client.SendAsync(chunked);
        await TestServer.AssertProblemAsync(413, "too-large", unclaimed);

        using var part = new MultipartFormDataContent { { new ByteArrayContent(new byte[20_000]), "a", "a.png" } };
        using HttpResponseMessage inForm = await server.Client.PostAsync("/api/v1/models/tiny/inspect", part);
        await TestServer.AssertProblemAsync(413, "too-large", inForm);

        using var many = new MultipartFormDataContent();
        for (int i = 0; i < 4; i++)
        {
            many.Add(new ByteArrayContent(Parts.Good(i)), "a", "a.png");
        }

        using HttpResponseMessage tooMany = await server.Client.PostAsync("/api/v1/models/tiny/inspect", many);
        await TestServer.AssertProblemAsync(413, "too-many", tooMany);
        Assert.Equal("normal", (string)(await server.InspectAsync(Parts.Good(1)))["decision"]!);
    }

    [Fact]
    public async Task Images_that_are_none_or_would_fill_the_memory_are_refused()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { MaxPixels = 1_000_000 });
        byte[][] bodies =
            [[], "no image"u8.ToArray(), Bomb(60_000, 60_000), Bomb(2000, 1000), Parts.Good(1)[..200]];
        foreach (byte[] body in bodies)
        {
            using HttpResponseMessage response = await server.PostImageAsync(body);
            await TestServer.AssertProblemAsync(422, "invalid", response);
        }
    }

    [Theory]
    [InlineData("text/html", null)]
    [InlineData("application/json", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("image/png", "gzip")]
    [InlineData("multipart/form-data; boundary=b", "gzip")]
    public async Task Bodies_of_other_types_and_compressed_ones_are_refused(string type, string? encoding)
    {
        TestServer server = unchanged.Server;
        using var content = new ByteArrayContent(Parts.Good(1));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        using HttpResponseMessage response = await server.Client.PostAsync("/api/v1/models/tiny/inspect", content);
        await TestServer.AssertProblemAsync(415, "content-type", response);
    }

    [Theory]
    [InlineData("multipart/form-data", "x")]
    [InlineData(
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=a; filename=a.png\r\n\r\nhalf")]
    [InlineData("multipart/form-data; boundary=b", "nothing of the kind")]
    public async Task Broken_forms_are_refused(string type, string body)
    {
        TestServer server = unchanged.Server;
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using HttpResponseMessage response = await server.Client.PostAsync("/api/v1/models/tiny/inspect", content);
        await TestServer.AssertProblemAsync(400, "bad-request", response);
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_reaches_no_file()
    {
        await using TestServer server = await TestServer.StartAsync();
        await File.WriteAllBytesAsync(server.File("secret.sdad"), Parts.DetectorFile);
        await File.WriteAllBytesAsync(server.File("data/secret.png"), Parts.Good(1));
        string[] names =
        [
            "..%2Fsecret", "..%5Csecret", "%2E%2E%2Fsecret", "a%2F..%2F..%2Fsecret", ".hidden", "CON", "a%00b",
            "tiny%2F", new string('a', 101),
        ];
        foreach (string name in names)
        {
            using HttpResponseMessage inspected = await server.PostImageAsync(Parts.Good(1), model: name);
            Assert.Contains((int)inspected.StatusCode, new[] { 400, 404, 422 });
            using var content = new ByteArrayContent(Parts.DetectorFile);
            using HttpResponseMessage uploaded = await server.Client.PutAsync($"/api/v1/models/{name}", content);
            Assert.Contains((int)uploaded.StatusCode, new[] { 400, 404, 422 });
            using HttpResponseMessage deleted = await server.Client.DeleteAsync($"/api/v1/models/{name}");
            Assert.Contains((int)deleted.StatusCode, new[] { 400, 404, 422 });
            using HttpResponseMessage training = await server.Client.GetAsync(
                $"/api/v1/models/tiny/training/..%2F..%2F{name}.png");
            Assert.Contains((int)training.StatusCode, new[] { 400, 404, 422 });
        }

        Assert.True(File.Exists(server.File("secret.sdad")));
        Assert.Equal(
            ["tiny.sdad"],
            Directory.EnumerateFileSystemEntries(server.Options.ModelsFolder).Select(path => Path.GetFileName(path)!));
        Assert.Equal(
            "../../etc/passwd",
            (string)(await server.InspectAsync(Parts.Good(1), "../../etc/passwd\r\n"))["name"]!);
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", 40)]
    [InlineData("POST /api/v1/models/tiny/inspect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", 30)]
    public async Task A_client_that_dribbles_is_cut_off(string start, int seconds)
    {
        await using TestServer server =
            await TestServer.StartAsync(options => options with { RequestTimeout = TimeSpan.FromSeconds(2) });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(start));
        var watch = Stopwatch.StartNew();
        Task<int> reading = stream.ReadAtLeastAsync(new byte[100_000], 100_000, throwOnEndOfStream: false).AsTask();
        while (!reading.IsCompleted && watch.Elapsed < TimeSpan.FromSeconds(2 * seconds))
        {
            try
            {
                await stream.WriteAsync("x"u8.ToArray());
            }
            catch (IOException)
            {
                break;
            }

            await Task.Delay(300);
        }

        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(seconds)));
        Assert.True(reading.IsCompleted, "The connection was still open.");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task Two_servers_do_not_share_their_data()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Contains(
            "another server",
            Assert.Throws<SemiDefectException>(() => InspectionServer.Create(server.Options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_is_none_is_refused_with_advice()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("d"));
        File.WriteAllText(folder.File("d/history.db"), new string('x', 10_000));
        var options = new ServerOptions
        {
            ModelsFolder = folder.File("m"),
            DataFolder = folder.File("d"),
            Urls = ["http://127.0.0.1:0"],
        };
        Assert.Contains(
            "history.db",
            Assert.Throws<SemiDefectException>(() => InspectionServer.Create(options)).Message,
            StringComparison.Ordinal);
    }

    // A small file that claims to be an image of that size.
    private static byte[] Bomb(int width, int height)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] row = new byte[3 * width + 1];
            for (int y = 0; y < Math.Min(height, 2000); y++)
            {
                zlib.Write(row);
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = 2;
        return
        [
            0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10,
            .. Chunk("IHDR", header),
            .. Chunk("IDAT", data.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        content.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(
            chunk.AsSpan(8 + content.Length),
            Crc32.HashToUInt32(chunk.AsSpan(4, 4 + content.Length)));
        return chunk;
    }
}
