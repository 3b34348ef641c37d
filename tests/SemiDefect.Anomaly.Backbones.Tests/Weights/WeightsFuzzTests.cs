using System.Diagnostics;
using SemiDefect.Anomaly.Backbones.Tests.Support;
using SemiDefect.Anomaly.Backbones.Weights;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Backbones.Tests.Weights;

[Trait("Speed", "Slow")]
public sealed class WeightsFuzzTests
{
    private const int Cases = 2000;
    private const long MostBytesAllocated = 4 << 20;

    [Theory]
    [InlineData("zip", 1)]
    [InlineData("legacy", 2)]
    [InlineData("safetensors", 3)]
    public void Damaged_files_cause_a_clear_error_without_large_allocations(string format, ulong seed)
    {
        using var folder = new TemporaryFolder();
        byte[] whole = format switch
        {
            "zip" => File.ReadAllBytes(FormulaWeights.GoldenPath("tiny-zip.pth")),
            "legacy" => File.ReadAllBytes(FormulaWeights.GoldenPath("tiny-legacy.pth")),
            _ => Safetensors(folder),
        };
        var generator = new SeededGenerator(seed);
        string path = folder.File("damaged");
        int refused = 0;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < Cases; i++)
        {
            File.WriteAllBytes(path, Mutation.Of(whole, generator));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using WeightsFile file = WeightsFile.Open(path);
                foreach (WeightTensor tensor in file.Tensors.Values.Where(tensor => tensor.Count <= 1 << 12))
                {
                    tensor.ToArray();
                }
            }
            catch (WeightsFormatException error)
            {
                refused++;
                Assert.DoesNotContain('\n', error.Message);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostBytesAllocated, $"case {i} allocated {allocated} bytes");
        }

        // Many mutations only change a value, which cannot be detected; but those that break the format must be.
        Assert.InRange(refused, Cases / 3, Cases);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5), $"{Cases} cases took {clock.Elapsed}");
    }

    private static byte[] Safetensors(TemporaryFolder folder)
    {
        string path = folder.File("whole.safetensors");
        WeightFiles.WriteSafetensors(
            path,
            [
                new NamedTensor("a.weight", [3, 2], () => [1, 2, 3, 4, 5, 6]),
                new NamedTensor("a.bias", [2], () => [7, 8])
            ]);
        return File.ReadAllBytes(path);
    }
}
