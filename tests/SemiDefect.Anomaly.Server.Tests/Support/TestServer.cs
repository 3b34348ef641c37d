using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Server.Tests.Support;

/// <summary>A server on a free port, with one model named "tiny", in a temporary folder.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private InspectionServer _server;

    private TestServer(TemporaryFolder folder, InspectionServer server, ServerOptions options)
    {
        _folder = folder;
        _server = server;
        Options = options;
        Client = MakeClient();
    }

    public ServerOptions Options { get; private set; }

    public HttpClient Client { get; private set; }

    public string ModelPath => Path.Combine(Options.ModelsFolder, "tiny.sdad");

    /// <param name="change">Changes the options.</param>
    /// <param name="archive">A zip file with the folders models and data; null for one model and no data.</param>
    public static async Task<TestServer> StartAsync(
        Func<ServerOptions, ServerOptions>? change = null,
        string? archive = null)
    {
        var folder = new TemporaryFolder();
        if (archive is not null)
        {
            System.IO.Compression.ZipFile.ExtractToDirectory(
                archive,
                Path.GetDirectoryName(folder.File("data"))!,
                overwriteFiles: true);
        }

        var options = new ServerOptions
        {
            ModelsFolder = folder.File("models"),
            DataFolder = folder.File("data"),
            Urls = ["http://127.0.0.1:0"],
            Threads = 1,
        };
        options = change?.Invoke(options) ?? options;
        Directory.CreateDirectory(options.ModelsFolder);
        if (archive is null)
        {
            await System.IO.File.WriteAllBytesAsync(
                Path.Combine(options.ModelsFolder, "tiny.sdad"),
                Parts.DetectorFile);
        }

        InspectionServer server = InspectionServer.Create(options);
        await server.StartAsync();
        return new TestServer(folder, server, options);
    }

    /// <summary>Stops the server and starts another one on the same data.</summary>
    public async Task RestartAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        await StopAsync();
        Options = change?.Invoke(Options) ?? Options;
        _server = InspectionServer.Create(Options);
        await _server.StartAsync();
        Client = MakeClient();
    }

    public async Task StopAsync()
    {
        Client.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Stops it while its clients wait.</summary>
    public Task BeginStop() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    public string File(string relativePath) => _folder.File(relativePath);

    public Task<HttpResponseMessage> PostImageAsync(
        byte[] image,
        string name = "part.png",
        string? key = null,
        string model = "tiny")
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"/api/v1/models/{model}/inspect?name={Uri.EscapeDataString(name)}")
        {
            Content = new ByteArrayContent(image) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } },
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return Client.SendAsync(request);
    }

    public async Task<JsonNode> InspectAsync(byte[] image, string name = "part.png")
    {
        using HttpResponseMessage response = await PostImageAsync(image, name);
        return await ReadAsync(response);
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);
        return await ReadAsync(response);
    }

    public async Task<MetricsPage> GetMetricsAsync() => new(await Client.GetStringAsync("/metrics"));

    public async Task<JsonNode> PutAsync(string path, object body)
    {
        using HttpResponseMessage response = await Client.PutAsJsonAsync(path, body);
        return await ReadAsync(response);
    }

    public async Task<JsonNode> PostAsync(string path, object? body)
    {
        using HttpResponseMessage response = await Client.PostAsJsonAsync(path, body);
        return await ReadAsync(response);
    }

    /// <summary>Starts a job and waits for its end.</summary>
    public async Task<JsonNode> RunJobAsync(string path, object body)
    {
        JsonNode job = await PostAsync(path, body);
        await Client.GetStringAsync($"/api/v1/jobs/{job["id"]}/events");
        return await GetAsync($"/api/v1/jobs/{job["id"]}");
    }

    /// <summary>Inspects bad parts, all of them found, and confirms the first of them.</summary>
    public async Task<JsonNode[]> InspectDefectsAsync(int count, int confirmed)
    {
        var found = new JsonNode[count];
        for (int i = 0; i < count; i++)
        {
            found[i] = await InspectAsync(Parts.Bad(i), $"bad-{i}.png");
            Assert.Equal("abnormal", (string)found[i]["decision"]!);
            if (i < confirmed)
            {
                await PutAsync($"/api/v1/inspections/{found[i]["id"]}/verdict", new { value = "confirmed" });
            }
        }

        return found;
    }

    public async Task PutTrainingAsync(string model, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using var content = new ByteArrayContent(Parts.Good(i));
            using HttpResponseMessage response = await Client.PutAsync(
                $"/api/v1/models/{model}/training/{i}.png",
                content);
            Assert.Equal(System.Net.HttpStatusCode.NoContent, response.StatusCode);
        }
    }

    /// <summary>Changes the database of the stopped server behind its back.</summary>
    public void Execute(string sql)
    {
        using var connection = new SqliteConnection(
            $"Data Source={File("data/history.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>
    /// Waits until the queue holds this many images. A client gets its response before its image leaves the queue.
    /// </summary>
    public Task WaitForQueueAsync(int images) => WaitUntilAsync(
        async () => (await GetMetricsAsync()).Value("semidefect_queue_images") == images,
        $"{images} images in the queue");

    /// <summary>Waits until a condition holds, for a minute at most.</summary>
    public static async Task WaitUntilAsync(Func<Task<bool>> holds, string what)
    {
        for (int i = 0; !await holds(); i++)
        {
            Assert.True(i < 1200, $"Waited a minute for: {what}.");
            await Task.Delay(50);
        }
    }

    /// <summary>The JSON of a successful response.</summary>
    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Asserts that a request is rejected as documented.</summary>
    public static async Task AssertProblemAsync(int status, string kind, HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonNode problem = JsonNode.Parse(text)!;
        Assert.Equal($"urn:semidefect:{kind}", (string)problem["type"]!);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.False(string.IsNullOrWhiteSpace((string)problem["detail"]!));
        Assert.DoesNotContain(" at SemiDefect.", text, StringComparison.Ordinal);
    }

    private HttpClient MakeClient() =>
        new() { BaseAddress = new Uri(_server.Addresses[0]), Timeout = TimeSpan.FromMinutes(1) };
}
