using System.Security.Cryptography;
using SemiDefect.Anomaly.Backbones.Architectures;
using SemiDefect.Anomaly.Backbones.Importing;
using SemiDefect.Anomaly.Encoders;

namespace SemiDefect.Anomaly.Backbones.Pulling;

/// <summary>
/// Downloads published weights, or takes them from a file, checks their SHA-256, and creates a backbone from them in
/// the user's folder. Only HTTPS is used, the system proxy is respected, and an interrupted download is continued.
/// Thread-safe for different names. The caller disposes it, which closes its connections.
/// </summary>
public sealed class BackbonePuller : IDisposable
{
    private readonly ResumableDownload _download;

    /// <summary>Creates a puller.</summary>
    public BackbonePuller()
        : this(new ResumableDownload())
    {
    }

    internal BackbonePuller(ResumableDownload download) => _download = download;

    /// <summary>The names of the known weights.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BackboneSources.All.Select(source => source.Name)];

    /// <summary>The name of the backbone that a pull of <paramref name="name"/> creates.</summary>
    public static string BackboneName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name[(name.LastIndexOf('/') + 1)..];
    }

    /// <summary>Downloads, checks and imports weights.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">Source, hash, taps and target; null for the defaults.</param>
    /// <param name="progress">Receives the progress of the download.</param>
    /// <param name="cancellationToken">
    /// Stops the download; the bytes received so far are kept for the next attempt.
    /// </param>
    /// <returns>The path of the backbone, and its manifest as written.</returns>
    /// <exception cref="PullException">The weights cannot be downloaded, or have a different SHA-256.</exception>
    /// <exception cref="SemiDefectException">
    /// There are no such weights, or they cannot be imported or written.
    /// </exception>
    public async Task<(string Path, BackboneManifest Manifest)> PullAsync(
        string name,
        PullOptions? options = null,
        IProgress<PullProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new PullOptions();
        BackboneSource source = BackboneSources.Find(name);

        // Check before downloading hundreds of megabytes.
        BackboneImporter.CheckTaps(ArchitectureCatalog.Find(source.Architecture), options.Taps);
        string folder = options.Folder ?? BackboneFile.UserFolder;
        string output = Path.Combine(folder, $"{BackboneName(name)}.onnx");
        if (options.From is { } file && !file.Contains("://", StringComparison.Ordinal))
        {
            await CheckAsync(file, options.Sha256 ?? source.Sha256, file, cancellationToken).ConfigureAwait(false);
            return (output, Import(source, file, output, options, Path.GetFileName(file)));
        }

        Uri address = options.From is null ? source.Address : ParseAddress(options.From);
        string partial = Path.Combine(folder, $"{BackboneName(name)}.download");
        try
        {
            Directory.CreateDirectory(folder);
            await FetchAsync(
                address,
                partial,
                options.Sha256 ?? source.Sha256,
                source.MostBytes,
                progress,
                cancellationToken).ConfigureAwait(false);
            BackboneManifest manifest = Import(source, partial, output, options, ResumableDownload.Show(address));
            File.Delete(partial);
            return (output, manifest);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PullException(
                $"Cannot write to '{folder}': {error.Message} Free it or choose another folder with SEMIDEFECT_HOME.",
                error);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _download.Dispose();

    private async Task FetchAsync(
        Uri address,
        string partial,
        string? expected,
        long mostBytes,
        IProgress<PullProgress>? progress,
        CancellationToken cancellationToken)
    {
        bool resumed = File.Exists(partial);
        string? told =
            await _download.FetchAsync(address, partial, mostBytes, progress, cancellationToken).ConfigureAwait(false);
        try
        {
            await CheckAsync(
                partial, expected ?? told, ResumableDownload.Show(address), cancellationToken).ConfigureAwait(false);
        }
        catch (PullException) when (!cancellationToken.IsCancellationRequested)
        {
            File.Delete(partial);
            if (!resumed)
            {
                throw;
            }

            // The existing part may have belonged to another file: start over.
            await FetchAsync(address, partial, expected, mostBytes, progress, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task CheckAsync(
        string path,
        string? expected,
        string origin,
        CancellationToken cancellationToken)
    {
        if (expected is null)
        {
            throw new PullException($"The SHA-256 of the weights from '{origin}' is not known: give it with --sha256.");
        }

        try
        {
            using var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
            string sha256 =
                Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            if (!sha256.StartsWith(expected, StringComparison.OrdinalIgnoreCase))
            {
                throw new PullException(
                    $"The weights from '{origin}' have the SHA-256 {sha256}, but "
                        + $"{expected}{(expected.Length < 64 ? "..." : string.Empty)} is expected: they were not used. "
                        + "Fetch them again, or give the SHA-256 of other weights with --sha256.");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PullException($"Cannot read the weights '{path}': {error.Message}", error);
        }
    }

    private static BackboneManifest Import(
        BackboneSource source,
        string weights,
        string output,
        PullOptions options,
        string origin) =>
        BackboneImporter.FromWeights(weights, source.Architecture, output, new BackboneImportOptions
        {
            Taps = options.Taps,
            License = options.Sha256 is null ? BackboneSource.License : "unknown",
            Origin = origin,
        });

    private static Uri ParseAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttps
            ? address
            : throw new PullException($"'{text}' is not an https address: weights are fetched over https only.");
}
