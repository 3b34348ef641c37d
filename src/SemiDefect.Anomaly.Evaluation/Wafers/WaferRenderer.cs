using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Wafers;

/// <summary>
/// Shows wafer maps as pictures, without adding dies: a picture of densities takes each die by its place and weight,
/// and a picture of colors enlarges each die by a whole number. The same bytes on every machine. Stateless.
/// </summary>
public static class WaferRenderer
{
    /// <summary>The default width and height in pixels.</summary>
    public const int DefaultSide = 128;

    /// <summary>The smallest width and height in pixels.</summary>
    public const int SmallestSide = 32;

    private const double LeastDies = 0.8;
    private const double Reach = 3;

    // Standard deviations of the weights of R, G and B, in shares of the wafer's width: what keeps scratches, what
    // shows areas, and what shows the yield of the wafer as a whole.
    private static readonly double[] Shares = [0.03, 0.08, 0.3];

    /// <summary>Shows a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="view">What is shown.</param>
    /// <param name="side">
    /// The width and height in pixels, <see cref="SmallestSide"/> to <see cref="WaferMap.LargestSide"/>; a picture of
    /// colors has at least one pixel for each die.
    /// </param>
    /// <exception cref="SemiDefectException">The side is out of range.</exception>
    public static Image Render(WaferMap map, WaferView view = WaferView.Density, int side = DefaultSide)
    {
        ArgumentNullException.ThrowIfNull(map);
        return side is < SmallestSide or > WaferMap.LargestSide
            ? throw new SemiDefectException(
                $"A picture of a wafer map is {SmallestSide} to {WaferMap.LargestSide} pixels wide, not {side}.")
            : view == WaferView.Colors ? RenderColors(map, side) : RenderDensity(map, side);
    }

    private static Image RenderColors(WaferMap map, int side)
    {
        int most = Math.Max(map.Rows, map.Columns);
        side = Math.Max(side, most);
        int factor = side / most;
        int left = (side - factor * map.Columns) / 2;
        int top = (side - factor * map.Rows) / 2;
        byte[] rgb = new byte[3 * side * side];
        for (int y = 0; y < factor * map.Rows; y++)
        {
            for (int x = 0; x < factor * map.Columns; x++)
            {
                WaferColors.All[map[y / factor, x / factor]].CopyTo(rgb.AsSpan(3 * ((top + y) * side + left + x)));
            }
        }

        return new Image(side, side, rgb);
    }

    private static Image RenderDensity(WaferMap map, int side)
    {
        (int top, int bottom, int left, int right) = BoundsOf(map);
        byte[] rgb = new byte[3 * side * side];
        for (int channel = 0; channel < Shares.Length; channel++)
        {
            double[] densities = Densities(map, side, (top, bottom), (left, right), Shares[channel]);
            for (int i = 0; i < densities.Length; i++)
            {
                rgb[3 * i + channel] = (byte)Math.Round(255 * Math.Clamp(densities[i], 0, 1));
            }
        }

        return new Image(side, side, rgb);
    }

    // The failing dies around each pixel by the dies around it, both weighted by a Gaussian; 0 where no die is.
    private static double[] Densities(
        WaferMap map, int side, (int First, int Last) rows, (int First, int Last) columns, double share)
    {
        double[][] down = WeightsOf(rows.First, rows.Last, side, share);
        double[][] across = WeightsOf(columns.First, columns.Last, side, share);
        double[] failedAcross = new double[map.Rows * side];
        double[] diesAcross = new double[map.Rows * side];
        for (int row = rows.First; row <= rows.Last; row++)
        {
            for (int x = 0; x < side; x++)
            {
                (double failed, double dies) = (0, 0);
                for (int column = columns.First; column <= columns.Last; column++)
                {
                    byte state = map[row, column];
                    double weight = across[x][column - columns.First];
                    dies += state == WaferMap.None ? 0 : weight;
                    failed += state == WaferMap.Fail ? weight : 0;
                }

                (failedAcross[row * side + x], diesAcross[row * side + x]) = (failed, dies);
            }
        }

        double[] result = new double[side * side];
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                if (map[DieAt(rows, y, side), DieAt(columns, x, side)] == WaferMap.None)
                {
                    continue;
                }

                (double failed, double dies) = (0, 0);
                for (int row = rows.First; row <= rows.Last; row++)
                {
                    double weight = down[y][row - rows.First];
                    failed += weight * failedAcross[row * side + x];
                    dies += weight * diesAcross[row * side + x];
                }

                result[y * side + x] = failed / dies;
            }
        }

        return result;
    }

    private static int DieAt((int First, int Last) dies, int pixel, int side) =>
        dies.First + (int)((pixel + 0.5) * (dies.Last - dies.First + 1) / side);

    // For each pixel, the weight of each die along one axis.
    private static double[][] WeightsOf(int first, int last, int side, double share)
    {
        int count = last - first + 1;
        double deviation = Math.Max(share * count, LeastDies);
        return
        [
            .. Enumerable.Range(0, side).Select(pixel =>
            {
                double at = (pixel + 0.5) * count / side - 0.5;
                double[] weights = new double[count];
                for (int die = 0; die < count; die++)
                {
                    double distance = (die - at) / deviation;
                    weights[die] = Math.Abs(distance) <= Reach ? PortableMath.Exp(-distance * distance / 2) : 0;
                }

                return weights;
            }),
        ];
    }

    private static (int Top, int Bottom, int Left, int Right) BoundsOf(WaferMap map)
    {
        (int top, int bottom, int left, int right) = (map.Rows, -1, map.Columns, -1);
        for (int row = 0; row < map.Rows; row++)
        {
            for (int column = 0; column < map.Columns; column++)
            {
                if (map[row, column] != WaferMap.None)
                {
                    (top, bottom) = (Math.Min(top, row), row);
                    (left, right) = (Math.Min(left, column), Math.Max(right, column));
                }
            }
        }

        return (top, bottom, left, right);
    }
}
