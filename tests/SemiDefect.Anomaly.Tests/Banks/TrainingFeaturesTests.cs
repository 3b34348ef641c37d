using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Encoders;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Tests.Support;

namespace SemiDefect.Anomaly.Tests.Banks;

public class TrainingFeaturesTests
{
    private const int Columns = 5;

    [Theory]
    [InlineData(1000, false)]
    [InlineData(47, true)]
    [InlineData(1, true)]
    public void Rows_are_the_same_in_memory_and_in_a_file(int rowsAtOnce, bool spilled)
    {
        PatchGrid[] images = Images(12, _ => (2, 3));
        using TrainingFeatures features =
            TrainingFeatures.Collect(Grids.Encoded(images), images.Length, (_, _) => rowsAtOnce, _ => { });
        Assert.Equal(spilled, features.IsSpilled);
        AssertHolds(images, features);
        using TrainingFeatures some = features.Subset([7, 2]);
        Assert.Equal(images[7].Vectors.ToArray(), some.RowsOf(0).ToArray());
        Assert.Equal(images[2].Vectors.ToArray(), some.RowsOf(1).ToArray());
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(60, true)]
    public void Images_of_several_sizes_are_held_as_well(int rowsAtOnce, bool spilled)
    {
        PatchGrid[] images = Images(10, i => (1 + i % 4, 2 + i / 3));
        using TrainingFeatures features =
            TrainingFeatures.Collect(Grids.Encoded(images), images.Length, (_, _) => rowsAtOnce, _ => { });
        Assert.Equal(spilled, features.IsSpilled);
        AssertHolds(images, features);
    }

    [Fact]
    public void The_expected_size_is_known_after_the_first_image()
    {
        (int Columns, long Rows) told = default;
        using TrainingFeatures features = TrainingFeatures.Collect(
            Grids.Encoded(Images(4, _ => (2, 3))),
            4,
            (columns, rows) => SetAndReturn(ref told, (columns, rows)),
            _ => { });
        Assert.Equal((Columns, 24L), told);
    }

    [Fact]
    public void No_images_are_refused()
    {
        var error = Assert.Throws<SemiDefectException>(() => TrainingFeatures.Collect([], 0, (_, _) => 1, _ => { }));
        Assert.Contains("no training images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_folder_is_named_in_the_error_message()
    {
        var error = Assert.Throws<SemiDefectException>(
            () => new FeatureSpill(4, Path.Combine(Path.GetTempPath(), "semidefect-no-such-folder")));
        Assert.Contains("--max-memory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_temporary_file_leaves_nothing_behind()
    {
        string folder = Directory.CreateTempSubdirectory("semidefect-spill").FullName;
        using (var spill = new FeatureSpill(2, folder))
        {
            spill.Append([1, 2, 3, 4]);
            spill.Append([5, 6]);
            float[] rows = new float[4];
            spill.Read(1, rows);
            Assert.Equal([3, 4, 5, 6], rows);
            Assert.Throws<SemiDefectException>(() => spill.Read(2, rows));
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }

    private static void AssertHolds(PatchGrid[] images, TrainingFeatures features)
    {
        Assert.Equal(images.Sum(image => image.Layout.Count), features.Rows);
        for (int i = 0; i < images.Length; i++)
        {
            Assert.Equal(images[i].Vectors.ToArray(), features.RowsOf(i).ToArray());
            Assert.Equal(images[i].Layout, Assert.Single(features.Images[i].Layouts));
            Assert.Equal(images[i].Vectors.ToArray(), features.GridOf(i, 0).Vectors.ToArray());
        }
    }

    private static PatchGrid[] Images(int count, Func<int, (int Height, int Width)> grid)
    {
        var generator = new SeededGenerator(5);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            (int height, int width) = grid(i);
            float[] rows =
                [.. Enumerable.Range(0, height * width * Columns).Select(_ => (float)generator.NextGaussian())];
            return Grids.Of(rows, Columns, width);
        })];
    }

    private static int SetAndReturn(ref (int, long) told, (int, long) value)
    {
        told = value;
        return 100;
    }
}
