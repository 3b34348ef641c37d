// Sends images to a server (semidefect serve) and prints what it says. The idempotency key makes it safe to send an
// image again: it is not stored twice. SEMIDEFECT_KEY holds the API key, if the server has one:
// dotnet run -c Release --project samples/ServerClient -- http://127.0.0.1:8080 line3 IMAGE...
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

if (args is not [string address, string model, _, ..])
{
    Console.Error.WriteLine("usage: ServerClient ADDRESS MODEL IMAGE...");
    return 2;
}

using var client = new HttpClient { BaseAddress = new Uri(address) };
if (Environment.GetEnvironmentVariable("SEMIDEFECT_KEY") is { Length: > 0 } key)
{
    client.DefaultRequestHeaders.Add("X-Api-Key", key);
}

foreach (string path in args[2..])
{
    byte[] image = await File.ReadAllBytesAsync(path);
    using HttpResponseMessage response = await SendAsync(image, Path.GetFileName(path));
    using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
    JsonElement answer = json.RootElement;
    if (!response.IsSuccessStatusCode)
    {
        Console.Error.WriteLine($"{path}: {answer.GetProperty("detail")}");
        return 1;
    }

    Console.WriteLine($"{answer.GetProperty("decision")} {answer.GetProperty("score")} {path}");
}

return 0;

// Repeats the request while the server is busy or away.
async Task<HttpResponseMessage> SendAsync(byte[] image, string name)
{
    string id = Guid.NewGuid().ToString();
    while (true)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"/api/v1/models/{Uri.EscapeDataString(model)}/inspect?name={Uri.EscapeDataString(name)}")
        {
            Content = new ByteArrayContent(image),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Headers.Add("Idempotency-Key", id);
        try
        {
            HttpResponseMessage response = await client.SendAsync(request);
            if (response.StatusCode != HttpStatusCode.TooManyRequests)
            {
                return response;
            }

            response.Dispose();
        }
        catch (HttpRequestException error)
        {
            Console.Error.WriteLine($"{error.Message} Trying again.");
        }

        await Task.Delay(TimeSpan.FromSeconds(1));
    }
}
