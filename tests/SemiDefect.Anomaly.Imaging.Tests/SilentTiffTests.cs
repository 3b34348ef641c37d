using BitMiracle.LibTiff.Classic;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Imaging.Tests;

/// <summary>Runs alone, because the console and LibTiff's handler belong to the whole process.</summary>
[Collection(nameof(SilentTiffTests))]
[CollectionDefinition(nameof(SilentTiffTests), DisableParallelization = true)]
public class SilentTiffTests
{
    [Fact]
    public void LibTiff_prints_nothing_here_and_other_users_still_get_its_messages()
    {
        TextWriter standardError = Console.Error;
        using var printed = new StringWriter();
        Console.SetError(printed);
        try
        {
            byte[] bytes = File.ReadAllBytes(GoldenImages.Path("jpeg.tif"));
            for (int i = 8; i < bytes.Length - 200; i++)
            {
                byte[] damaged = [.. bytes];
                damaged[i] ^= 0xFF;
                try
                {
                    ImageFile.Decode(damaged, "damaged.tif");
                }
                catch (ImageFormatException)
                {
                }
            }

            Assert.Equal("", printed.ToString());
            Tiff.Error("elsewhere", "an error of {0}", "somebody else");
            Assert.Contains("an error of somebody else", printed.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Console.SetError(standardError);
        }
    }
}
