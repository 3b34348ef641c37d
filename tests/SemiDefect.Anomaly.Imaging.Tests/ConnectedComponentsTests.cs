using CsCheck;
using SemiDefect.Anomaly.Imaging.Masks;

namespace SemiDefect.Anomaly.Imaging.Tests;

public class ConnectedComponentsTests
{
    [Theory]
    [InlineData(Connectivity.Four)]
    [InlineData(Connectivity.Eight)]
    public void Labels_equal_flood_fill_in_raster_order(Connectivity connectivity) =>
        Gen.Select(Gen.Int[1, 24], Gen.Int[1, 24], Gen.Int[0, 100]).SelectMany((width, height, percent) =>
                Gen.Int[0, 99]
                    .Select(value => (byte)(value < percent ? 1 + value : 0)).Array[width * height]
                    .Select(mask => (width, height, mask)))
            .Sample(sample =>
            {
                (int[] labels, int count) =
                    ConnectedComponents.Label(sample.mask, sample.width, sample.height, connectivity);
                (int[] expected, int expectedCount) = FloodFill(sample.mask, sample.width, sample.height, connectivity);
                Assert.Equal(expectedCount, count);
                Assert.Equal(expected, labels);
            });

    [Fact]
    public void A_diagonal_is_one_component_by_eight_and_three_by_four()
    {
        bool[] mask = [true, false, false, false, true, false, false, false, true];
        Assert.Equal(1, ConnectedComponents.Label(mask, 3, 3).Count);
        (int[] labels, int count) = ConnectedComponents.Label(mask, 3, 3, Connectivity.Four);
        Assert.Equal(3, count);
        Assert.Equal([1, 0, 0, 0, 2, 0, 0, 0, 3], labels);
    }

    [Fact]
    public void A_spiral_that_joins_late_is_one_component()
    {
        string[] rows =
        [
            "#.#######",
            "#.#.....#",
            "#.#.###.#",
            "#.#...#.#",
            "#.#####.#",
            "#.......#",
            "#########",
        ];
        byte[] mask = [.. string.Concat(rows).Select(c => c == '#' ? (byte)1 : (byte)0)];
        Assert.Equal(1, ConnectedComponents.Label(mask, 9, 7, Connectivity.Four).Count);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused() =>
        Assert.Throws<ArgumentException>(() => ConnectedComponents.Label(new byte[5], 2, 3));

    private static (int[] Labels, int Count) FloodFill(byte[] mask, int width, int height, Connectivity connectivity)
    {
        int[] labels = new int[mask.Length];
        int count = 0;
        var stack = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 || labels[start] != 0)
            {
                continue;
            }

            labels[start] = ++count;
            stack.Push(start);
            while (stack.TryPop(out int i))
            {
                for (int dy = -1; dy <= 1; dy++)
                {
                    for (int dx = -1; dx <= 1; dx++)
                    {
                        int x = i % width + dx;
                        int y = i / width + dy;
                        bool isNeighbor = connectivity == Connectivity.Eight || dx == 0 || dy == 0;
                        if (isNeighbor
                            && x >= 0
                            && x < width
                            && y >= 0
                            && y < height
                            && mask[y * width + x] != 0
                            && labels[y * width + x] == 0)
                        {
                            labels[y * width + x] = count;
                            stack.Push(y * width + x);
                        }
                    }
                }
            }
        }

        return (labels, count);
    }
}
