using System.Security.Cryptography;
using System.Text;
using SemiDefect.Anomaly.Evaluation.Checks;
using SemiDefect.Anomaly.Sources;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Checks;

public sealed class DatasetFingerprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_the_hash_of_the_output_of_sha256sum()
    {
        SyntheticParts.WriteGood(_folder.File("a"), 2);
        SyntheticParts.WriteGood(_folder.File("B/c"), 1);
        string[] paths = ["B/c/000.png", "a/000.png", "a/001.png"];
        string text = string.Concat(
            paths.Select(path =>
                $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder.File(path))))}  {path}\n"));
        DatasetFingerprint fingerprint = Read();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), fingerprint.Sha256);
        Assert.Equal(
            (3, paths.Sum(path => new FileInfo(_folder.File(path)).Length)), (fingerprint.Images, fingerprint.Bytes));
    }

    [Fact]
    public void Names_and_contents_of_images_change_it_and_nothing_else()
    {
        SyntheticParts.WriteGood(_folder.Path, 3);
        string before = Read().Sha256;
        File.WriteAllText(_folder.File("notes.txt"), "not an image");
        File.WriteAllText(_folder.File(".hidden.png"), "left out by a fit as well");
        File.SetLastWriteTimeUtc(_folder.File("001.png"), new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(before, Read().Sha256);

        File.Move(_folder.File("002.png"), _folder.File("003.png"));
        Assert.NotEqual(before, Read().Sha256);
        File.Move(_folder.File("003.png"), _folder.File("002.png"));
        Assert.Equal(before, Read().Sha256);
        byte[] content = File.ReadAllBytes(_folder.File("001.png"));
        content[^1] ^= 1;
        File.WriteAllBytes(_folder.File("001.png"), content);
        Assert.NotEqual(before, Read().Sha256);
    }

    private DatasetFingerprint Read() => DatasetFingerprint.Of(ImageFolder.Open(_folder.Path));
}
