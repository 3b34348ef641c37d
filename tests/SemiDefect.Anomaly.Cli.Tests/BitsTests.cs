using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Cli.Tests;

/// <summary>Memory banks, scores and maps are the same bits as ever: tests/Golden/bits.</summary>
[Trait("Speed", "Slow")]
public sealed class BitsTests : IDisposable
{
    private static readonly string Data = Path.Combine(Repository.Root, "datasets.sample").Replace('\\', '/');

    private static readonly string OnRecord = Path.Combine(Repository.Root, "tests/Golden/bits/bits.json");

    private static readonly JsonElement[] All =
        [.. JsonDocument.Parse(File.ReadAllBytes(OnRecord)).RootElement.EnumerateArray()];

    private readonly TemporaryFolder _folder = new();

    /// <summary>The names of the combinations of options.</summary>
    public static TheoryData<string> Names { get; } = [.. All.Select(one => one.GetProperty("name").GetString()!)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Banks_scores_and_maps_are_the_bits_on_record(string name)
    {
        JsonElement expected = All.Single(one => one.GetProperty("name").GetString() == name);
        string die = $"{Data}/{expected.GetProperty("die").GetString()}";
        string model = _folder.File("model.sdad");
        string[] arguments = [.. expected.GetProperty("arguments").EnumerateArray().Select(one => one.GetString()!)];

        // The default of the program that made the record, which had two answers.
        string[] preset = arguments.Contains("--preset") ? [] : ["--preset", "fast"];
        await RunAsync(
            ["fit", $"{die}/train/good", "--out", model, "--check-rate", "0", .. preset, .. arguments]);
        Assert.Equal(
            expected.GetProperty("banks").EnumerateObject().Select(bank => (bank.Name, bank.Value.GetString()!)),
            BankSections(model));

        string scores = _folder.File("scores.csv");
        string maps = _folder.File("maps");
        await RunAsync("score", model, $"{die}/test", "--out", scores, "--raw", maps);
        string csv = (await File.ReadAllTextAsync(scores)).Replace(Data, string.Empty, StringComparison.Ordinal);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(csv)));
        Assert.Equal(expected.GetProperty("scores").GetString(), hash);
        Assert.Equal(expected.GetProperty("maps").GetString(), HashOfFiles(maps));
    }

    private static async Task RunAsync(params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        Assert.True(run.ExitCode == ExitCode.Done, run.Error);
    }

    // The list of sections is at the same place in every format: docs/detector-file.md.
    private static IEnumerable<(string Name, string Sha256)> BankSections(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(16));
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(64, length));
        return
        [
            .. header.RootElement.GetProperty("sections").EnumerateArray()
                .Select(one => (
                    Name: one.GetProperty("name").GetString()!,
                    Sha256: one.GetProperty("sha256").GetString()!))
                .Where(section => section.Name.StartsWith("bank.", StringComparison.Ordinal)),
        ];
    }

    private static string HashOfFiles(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IEnumerable<string> files = Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            .SelectMany(inner => Directory.GetFiles(inner).Order(StringComparer.Ordinal));
        foreach (string file in files)
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
