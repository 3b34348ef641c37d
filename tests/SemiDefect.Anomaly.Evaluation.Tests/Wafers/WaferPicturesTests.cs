using SemiDefect.Anomaly.Evaluation.Layouts;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.Evaluation.Wafers;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Evaluation.Tests.Wafers;

public sealed class WaferPicturesTests : IDisposable
{
    private static readonly WaferSampleOptions Small = new() { Good = 3, Train = 2, Test = 1 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_generated_set_becomes_a_data_set_to_fit_teach_and_evaluate_with()
    {
        WaferSample.Write(_folder.File("maps"), Small);
        Assert.Equal(3 + 8 * 2 + 9, WaferPictures.Write(_folder.File("maps"), _folder.File("pictures")));
        LabeledDataset dataset = LabeledDataset.Open(_folder.File("pictures"));
        Assert.Equal(3, dataset.TrainGood!.Count);
        Assert.Equal(9, dataset.Test.Count);
        Assert.Equal(8, dataset.Test.Count(image => image.IsAbnormal));
        LabeledDefects defects = LabeledDefects.Open(_folder.File("pictures"));
        Assert.Equal(WaferSample.Patterns, defects.Images.Select(image => image.Type).Distinct());
    }

    [Fact]
    public void A_larger_set_holds_the_smaller_one_and_mixtures_change_no_other_map()
    {
        WaferSample.Write(_folder.File("a"), Small);
        WaferSample.Write(
            _folder.File("b"), new WaferSampleOptions { Good = 4, Train = 3, Test = 2, Mixtures = true });
        foreach (string file in Directory.GetFiles(_folder.File("a"), "*", SearchOption.AllDirectories))
        {
            string other = Path.Combine(_folder.File("b"), Path.GetRelativePath(_folder.File("a"), file));
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(other));
        }

        Assert.All(
            WaferSample.Mixtures, pair => Assert.Equal(3, Directory.GetFiles(_folder.File($"b/train/{pair}")).Length));
        SemiDefectException error =
            Assert.Throws<SemiDefectException>(() => WaferSample.Write(_folder.File("b"), Small));
        Assert.Contains("not part of this set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_imbalance_is_that_of_WM811K()
    {
        WaferSample.Write(
            _folder.File("maps"), new WaferSampleOptions { Good = 1, Train = 1, Test = 20, Imbalanced = true });
        int Count(string type) => Directory.GetFiles(_folder.File($"maps/test/{type}")).Length;
        Assert.Equal(
            [4, 1, 5, 10, 4, 1, 1, 1, 153], [.. WaferSample.Patterns.Select(Count), Count(WaferSample.None)]);
    }

    [Fact]
    public void Patterns_fail_more_dies_than_maps_without_one_and_where_they_should()
    {
        Assert.All(Maps(WaferSample.None), map => Assert.InRange(map.Failed / (double)map.Dies, 0.001, 0.2));
        Assert.All(Maps("Near-full"), map => Assert.InRange(map.Failed / (double)map.Dies, 0.7, 1));
        Assert.All(Maps("Center"), map => Assert.InRange(ShareWithin(map, 0, 0.15), 0.3, 1));
        Assert.All(
            Maps("Edge-Ring"), map => Assert.InRange(ShareWithin(map, 0.93, 1), 0.3 + ShareWithin(map, 0, 0.6), 1));
        Assert.Throws<ArgumentException>(() => WaferSample.Generate("Corner", 1));
    }

    [Fact]
    public void Labels_of_rows_become_folders()
    {
        File.WriteAllText(
            _folder.File("rows.csv"), "failureType,waferMap\n[['Loc']],\"[[1, 2], [1, 1]]\"\n,\"[[1, 1], [1, 1]]\"\n");
        Assert.Equal(2, WaferPictures.Write(_folder.File("rows.csv"), _folder.File("out"), WaferView.Colors, 32));
        Assert.True(File.Exists(_folder.File("out/Loc/rows-000000.png")));
        Assert.True(File.Exists(_folder.File("out/rows-000001.png")));
    }

    [Fact]
    public void Nothing_is_written_where_something_is_wrong()
    {
        Directory.CreateDirectory(_folder.File("maps"));
        File.WriteAllText(_folder.File("maps/a.csv"), "1,2\n");
        File.WriteAllText(_folder.File("maps/b.txt"), "notes\n");
        Refused("b.txt");
        File.WriteAllText(_folder.File("maps/b.txt"), "1 1\n");
        File.WriteAllText(_folder.File("maps/a.txt"), "1 1\n");
        Refused("would both become 'a.png'");
        File.Delete(_folder.File("maps/a.txt"));
        Assert.Contains(
            "folder beside it",
            Assert.Throws<SemiDefectException>(
                () => WaferPictures.Write(_folder.File("maps"), _folder.File("maps/out"))).Message,
            StringComparison.Ordinal);
        Assert.Equal(2, WaferPictures.Write(_folder.File("maps"), _folder.File("out")));
        File.Delete(_folder.File("maps/b.txt"));
        Refused("not part of this set");

        void Refused(string reason)
        {
            bool existed = Directory.Exists(_folder.File("out"));
            Assert.Contains(
                reason,
                Assert.Throws<SemiDefectException>(
                    () => WaferPictures.Write(_folder.File("maps"), _folder.File("out"))).Message,
                StringComparison.Ordinal);
            Assert.Equal(existed, Directory.Exists(_folder.File("out")));
        }
    }

    [Fact]
    public void Densities_do_not_depend_on_the_number_of_dies_and_lie_on_dies_only()
    {
        // The left half fails, on wafers of 20 and of 60 dies.
        Image coarse = WaferRenderer.Render(Half(20));
        Image fine = WaferRenderer.Render(Half(60));
        Assert.Equal((128, 128), (coarse.Width, coarse.Height));
        (int close, int different) = (0, 0);
        for (int y = 0; y < 128; y++)
        {
            for (int x = 0; x < 128; x++)
            {
                (double dx, double dy) = ((x - 63.5) / 64, (y - 63.5) / 64);
                bool isInside = dx * dx + dy * dy < 0.8;
                int difference = Math.Abs(coarse.Rgb[3 * (y * 128 + x) + 1] - fine.Rgb[3 * (y * 128 + x) + 1]);
                close += isInside && difference <= 40 ? 1 : 0;
                different += isInside && difference > 40 ? 1 : 0;
                if (dx * dx + dy * dy > 1.2)
                {
                    Assert.Equal(0, coarse.Rgb[3 * (y * 128 + x) + 1]);
                }
            }
        }

        Assert.InRange(different, 0, close / 20);
        Assert.Equal(255, coarse.Rgb[3 * (64 * 128 + 10) + 1]);
        Assert.Equal(0, coarse.Rgb[3 * (64 * 128 + 118) + 1]);
        Assert.Throws<SemiDefectException>(() => WaferRenderer.Render(Half(20), WaferView.Density, 31));
    }

    private static IEnumerable<WaferMap> Maps(string type) =>
        Enumerable.Range(0, 20).Select(i => WaferSample.Generate(type, (ulong)i));

    private static double ShareWithin(WaferMap map, double from, double to)
    {
        (int dies, int failed) = (0, 0);
        for (int i = 0; i < map.States.Length; i++)
        {
            double x = (2.0 * (i % map.Columns) + 1) / map.Columns - 1;
            double y = (2.0 * (i / map.Columns) + 1) / map.Rows - 1;
            bool isIn = Math.Sqrt(x * x + y * y) >= from && Math.Sqrt(x * x + y * y) <= to;
            dies += isIn && map.States[i] != WaferMap.None ? 1 : 0;
            failed += isIn && map.States[i] == WaferMap.Fail ? 1 : 0;
        }

        return failed / (double)Math.Max(1, dies);
    }

    private static WaferMap Half(int side)
    {
        byte[] states = new byte[side * side];
        for (int i = 0; i < states.Length; i++)
        {
            (double x, double y) = ((2.0 * (i % side) + 1) / side - 1, (2.0 * (i / side) + 1) / side - 1);
            states[i] = x * x + y * y > 1 ? WaferMap.None : x < 0 ? WaferMap.Fail : WaferMap.Pass;
        }

        return new WaferMap(side, side, states);
    }
}
