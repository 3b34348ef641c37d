using System.Security.Cryptography;
using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Backbones.Pulling;
using SemiDefect.Anomaly.Backbones.Tests.Support;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Pulling;

public sealed class BackbonePullerTests : IDisposable
{
    private static readonly Lazy<byte[]> Weights = new(MakeWeights);

    private readonly TemporaryFolder _folder = new();

    private static string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Weights.Value));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Weights_are_downloaded_checked_and_imported()
    {
        using var server = new LoopbackServer(request => LoopbackResponse.File(Weights.Value, request));
        var progress = new Recorder();
        BackboneManifest manifest = await PullAsync(server, Options(server), progress: progress);
        Assert.Equal("resnet18", manifest.Name);
        Assert.StartsWith("resnet18 from https://localhost", manifest.Origin, StringComparison.Ordinal);
        Assert.Equal(["resnet18.json", "resnet18.onnx"], FilesIn(_folder));
        Assert.Equal(new PullProgress(Weights.Value.Length, Weights.Value.Length), progress.Last);
        Assert.Equal(manifest.Sha256, BackboneFile.Open(_folder.File("resnet18.onnx")).Sha256);
    }

    [Fact]
    public async Task An_interrupted_download_is_continued_where_it_stopped()
    {
        int part = Weights.Value.Length / 4;
        using var server = new LoopbackServer(request => LoopbackResponse.File(Weights.Value, request, part));
        await PullAsync(server, Options(server));
        Assert.Equal([null, part, 2L * part, 3L * part], server.Requests.Take(4).Select(request => request.RangeStart));
        Assert.Equal(["resnet18.json", "resnet18.onnx"], FilesIn(_folder));
    }

    [Fact]
    public async Task A_server_that_cannot_resume_is_asked_for_the_whole_file_again()
    {
        int calls = 0;
        using var server = new LoopbackServer(request =>
            LoopbackResponse.File(
                Weights.Value, request with { RangeStart = null }, calls++ == 0 ? 1000 : int.MaxValue));
        await PullAsync(server, Options(server));
        Assert.Equal([null, 1000L], server.Requests.Select(request => request.RangeStart));
    }

    [Fact]
    public async Task A_canceled_download_continues_next_time()
    {
        int calls = 0;
        using var cancellation = new CancellationTokenSource();
        using var server = new LoopbackServer(request =>
        {
            if (calls++ == 1)
            {
                cancellation.Cancel();
            }

            return LoopbackResponse.File(Weights.Value, request, calls <= 2 ? 1000 : int.MaxValue);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => PullAsync(server, Options(server), cancellationToken: cancellation.Token));
        Assert.Equal(["resnet18.download"], FilesIn(_folder));
        await PullAsync(server, Options(server));
        Assert.True(server.Requests[^1].RangeStart >= 1000);
        Assert.Equal(["resnet18.json", "resnet18.onnx"], FilesIn(_folder));
    }

    [Fact]
    public async Task A_partial_download_of_another_file_does_no_harm()
    {
        File.WriteAllText(_folder.File("resnet18.download"), "the start of something else");
        using var server = new LoopbackServer(request => LoopbackResponse.File(Weights.Value, request));
        await PullAsync(server, Options(server));
        Assert.Equal([27L, null], server.Requests.Select(request => request.RangeStart));
        Assert.Equal(["resnet18.json", "resnet18.onnx"], FilesIn(_folder));
    }

    [Fact]
    public async Task A_partial_download_longer_than_the_file_does_no_harm()
    {
        File.WriteAllBytes(_folder.File("resnet18.download"), new byte[Weights.Value.Length + 5]);
        using var server = new LoopbackServer(request => LoopbackResponse.File(Weights.Value, request));
        await PullAsync(server, Options(server));
        Assert.Equal(["resnet18.json", "resnet18.onnx"], FilesIn(_folder));
    }

    [Fact]
    public async Task Weights_with_another_hash_are_rejected_and_leave_no_files()
    {
        byte[] altered = [.. Weights.Value];
        altered[^1] ^= 1;
        using var server = new LoopbackServer(request => LoopbackResponse.File(altered, request));
        PullException error = await Assert.ThrowsAsync<PullException>(() => PullAsync(server, Options(server)));
        Assert.Contains(Sha256, error.Message, StringComparison.Ordinal);
        Assert.Empty(FilesIn(_folder));
    }

    [Fact]
    public async Task The_published_hash_is_required_unless_another_is_given()
    {
        using var server = new LoopbackServer(request => LoopbackResponse.File(Weights.Value, request));
        PullException error =
            await Assert.ThrowsAsync<PullException>(() => PullAsync(server, Options(server) with { Sha256 = null }));
        Assert.Contains("f37072fd", error.Message, StringComparison.Ordinal);
        Assert.Empty(FilesIn(_folder));
    }

    [Theory]
    [InlineData("http://localhost:9/resnet18.pth")]
    [InlineData("ftp://localhost/resnet18.pth")]
    [InlineData("file:///etc/hostname")]
    public async Task An_address_that_is_not_https_is_rejected_before_any_request(string address)
    {
        using var server = new LoopbackServer(_ => LoopbackResponse.Error(500));
        PullException error =
            await Assert.ThrowsAsync<PullException>(() => PullAsync(server, Options(server) with { From = address }));
        Assert.Contains("https only", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BackboneException>(
            () => PullAsync(server, Options(server) with { Taps = ["layer9"] }));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_redirect_to_https_is_followed_and_one_to_http_is_rejected()
    {
        using var server = new LoopbackServer(request => request.Path switch
        {
            "first" => LoopbackResponse.Redirect("/second"),
            "second" => LoopbackResponse.File(Weights.Value, request),
            "loop" => LoopbackResponse.Redirect("/loop"),
            _ => LoopbackResponse.Redirect("http://localhost:9/plain"),
        });
        await PullAsync(server, Options(server) with { From = server.Address("first").ToString() });
        PullException plain = await Assert.ThrowsAsync<PullException>(
            () => PullAsync(server, Options(server) with { From = server.Address("away").ToString() }));
        Assert.Contains("not https", plain.Message, StringComparison.Ordinal);
        PullException loop = await Assert.ThrowsAsync<PullException>(
            () => PullAsync(server, Options(server) with { From = server.Address("loop").ToString() }));
        Assert.Contains("redirects too many times", loop.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_too_large_a_length_header_is_not_downloaded()
    {
        using var server = new LoopbackServer(
            _ => new LoopbackResponse(200, new byte[100], false, ("Content-Length", "50000000000")));
        PullException error = await Assert.ThrowsAsync<PullException>(() => PullAsync(server, Options(server)));
        Assert.Contains("50000000000", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Empty(FilesIn(_folder));
    }

    [Fact]
    public async Task An_endless_body_is_cut_off_at_the_limit()
    {
        using var server = new LoopbackServer(_ => new LoopbackResponse(200, new byte[1 << 20], true));
        using var download = new ResumableDownload(server.Handler(), TimeSpan.Zero);
        string partial = _folder.File("partial");
        PullException error = await Assert.ThrowsAsync<PullException>(
            () => download.FetchAsync(server.Address("endless"), partial, 100_000, null, CancellationToken.None));
        Assert.Contains("sends too much data", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(partial));
    }

    [Fact]
    public async Task A_busy_server_is_retried_and_a_missing_file_is_not()
    {
        int calls = 0;
        using var server = new LoopbackServer(
            request => calls++ < 2 ? LoopbackResponse.Error(503) : LoopbackResponse.File(Weights.Value, request));
        await PullAsync(server, Options(server));
        Assert.Equal(3, server.Requests.Count);

        using var empty = new LoopbackServer(_ => LoopbackResponse.Error(404));
        PullException error = await Assert.ThrowsAsync<PullException>(() => PullAsync(empty, Options(empty)));
        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.Single(empty.Requests);
    }

    [Fact]
    public async Task It_gives_up_after_four_attempts_without_a_byte_and_keeps_the_partial_file()
    {
        int calls = 0;
        using var server = new LoopbackServer(request =>
            calls++ == 0 ? LoopbackResponse.File(Weights.Value, request, 1000) : LoopbackResponse.Error(500));
        PullException error = await Assert.ThrowsAsync<PullException>(() => PullAsync(server, Options(server)));
        Assert.Contains("1000 bytes are kept", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, server.Requests.Count);
        Assert.Equal(["resnet18.download"], FilesIn(_folder));
    }

    [Fact]
    public async Task An_untrusted_certificate_is_rejected_immediately()
    {
        using var server = new LoopbackServer(request => LoopbackResponse.File(Weights.Value, request));
        using var download = new ResumableDownload(new SocketsHttpHandler { UseProxy = false }, TimeSpan.Zero);
        PullException error = await Assert.ThrowsAsync<PullException>(() =>
            download.FetchAsync(server.Address("x"), _folder.File("partial"), 1 << 20, null, CancellationToken.None));
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_hash_of_a_timm_file_is_the_one_that_its_server_provides()
    {
        const string Name = "timm/resnet18.tv_in1k";
        using var server = new LoopbackServer(
            request => LoopbackResponse.File(Weights.Value, request, int.MaxValue, ("X-Linked-ETag", $"\"{Sha256}\"")));
        await PullAsync(server, Options(server) with { Sha256 = null }, Name);
        Assert.Equal(["resnet18.tv_in1k.json", "resnet18.tv_in1k.onnx"], FilesIn(_folder));

        using var silent = new LoopbackServer(request => LoopbackResponse.File(Weights.Value, request));
        PullException error = await Assert.ThrowsAsync<PullException>(
            () => PullAsync(silent, Options(silent) with { Sha256 = null }, Name));
        Assert.Contains("--sha256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_can_come_from_a_file_and_stay_there()
    {
        string weights = _folder.File("carried-over.pth");
        File.WriteAllBytes(weights, Weights.Value);
        using var puller = new BackbonePuller();
        var options = new PullOptions
        {
            From = weights,
            Sha256 = Sha256[..8],
            Taps = ["layer1"],
            Folder = _folder.File("out"),
        };
        (string path, BackboneManifest manifest) = await puller.PullAsync("resnet18", options);
        Assert.Equal("resnet18 from carried-over.pth", manifest.Origin);
        Assert.True(File.Exists(path));
        Assert.True(File.Exists(weights));
        await Assert.ThrowsAsync<PullException>(
            () => puller.PullAsync("resnet18", options with { Sha256 = "00000000" }));
        await Assert.ThrowsAsync<PullException>(
            () => puller.PullAsync("resnet18", options with { From = _folder.File("missing.pth") }));
        await Assert.ThrowsAsync<BackboneException>(() => puller.PullAsync("resnet19", options));
        Assert.Throws<SemiDefectException>(() => options with { Sha256 = "xyz" });
    }

    [Fact]
    public void Every_published_file_is_named_by_its_hash_and_belongs_to_an_architecture()
    {
        Assert.All(BackboneSources.All, source =>
        {
            Assert.Equal(Uri.UriSchemeHttps, source.Address.Scheme);
            Assert.Contains(source.Architecture, BackboneImporter.Architectures);
            Assert.True(
                source.Sha256 is null
                    || source.Address.AbsolutePath.EndsWith($"-{source.Sha256}.pth", StringComparison.Ordinal));
        });
        Assert.All(BackboneImporter.Architectures, architecture => Assert.Contains(architecture, BackbonePuller.Names));
        Assert.Equal(
            BackbonePuller.Names.Count, BackbonePuller.Names.Select(BackbonePuller.BackboneName).Distinct().Count());
    }

    private static byte[] MakeWeights()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights.pth");
        WeightFiles.WriteTorchZip(path, FormulaWeights.StateDict("resnet18", ["layer1"]));
        return File.ReadAllBytes(path);
    }

    private PullOptions Options(LoopbackServer server) =>
        new()
        {
            From = server.Address("resnet18.pth").ToString(),
            Sha256 = Sha256,
            Taps = ["layer1"],
            Folder = _folder.Path,
        };

    private static async Task<BackboneManifest> PullAsync(
        LoopbackServer server,
        PullOptions options,
        string name = "resnet18",
        IProgress<PullProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using var puller = new BackbonePuller(new ResumableDownload(server.Handler(), TimeSpan.Zero));
        return (await puller.PullAsync(name, options, progress, cancellationToken)).Manifest;
    }

    private static string[] FilesIn(TemporaryFolder folder) =>
        [.. Directory.EnumerateFiles(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private sealed class Recorder : IProgress<PullProgress>
    {
        public PullProgress? Last { get; private set; }

        public void Report(PullProgress value) => Last = value;
    }
}
