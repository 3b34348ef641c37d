using SemiDefect.Anomaly.Naming;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Tests.Naming;

public class RidgeRegressionTests
{
    [Theory]
    [InlineData(30, 5, 2)]
    [InlineData(8, 11, 3)]
    [InlineData(1, 1, 1)]
    public void Coefficients_solve_the_normal_equations(int rows, int columns, int outputs)
    {
        (double[][] x, double[][] y, double[] penalty) = Problem(rows, columns, outputs);
        var ridge = new RidgeRegression(new RidgeMoments(x, y, default), penalty, default);
        for (int output = 0; output < outputs; output++)
        {
            double[] expected = BruteForce(x, y, penalty, output);
            for (int i = 0; i < columns; i++)
            {
                Assert.Equal(expected[i], ridge.Coefficients(output)[i], 9);
            }
        }
    }

    [Theory]
    [InlineData(30, 5)]
    [InlineData(12, 20)]
    public void A_group_left_out_is_predicted_as_if_it_had_not_been_there(int rows, int columns)
    {
        (double[][] x, double[][] y, double[] penalty) = Problem(rows, columns, 2);
        var ridge = new RidgeRegression(new RidgeMoments(x, y, default), penalty, default);
        foreach (int[] group in (int[][])[[0], [3, 7, 4], [11]])
        {
            double[][] residuals = ridge.LeftOut(group);
            double[][] restX = [.. x.Where((_, row) => !group.Contains(row))];
            double[][] restY = [.. y.Where((_, row) => !group.Contains(row))];
            for (int output = 0; output < 2; output++)
            {
                double[] without = BruteForce(restX, restY, penalty, output);
                for (int i = 0; i < group.Length; i++)
                {
                    double predicted = without.Zip(x[group[i]], (a, b) => a * b).Sum();
                    Assert.Equal(y[group[i]][output] - predicted, residuals[i][output], 8);
                }
            }
        }
    }

    [Fact]
    public void Sums_have_a_fixed_order()
    {
        double[] a = [1e16, 1, -1e16, 1, 1, 3];
        double[] b = [1, 1, 1, 1, 1, 1];
        Assert.Equal(((1e16 + 1) + (-1e16 + 1)) + (1.0 + 3), RidgeRegression.Dot(a, b));
    }

    private static (double[][] X, double[][] Y, double[] Penalty) Problem(int rows, int columns, int outputs)
    {
        var generator = new SeededGenerator(7);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => generator.NextGaussian())];
        return (
            [.. Enumerable.Range(0, rows).Select(_ => Draw(columns))],
            [.. Enumerable.Range(0, rows).Select(_ => Draw(outputs))],
            [.. Enumerable.Range(0, columns).Select(i => 0.1 + i % 3)]);
    }

    // Gauss-Jordan elimination with pivots.
    private static double[] BruteForce(double[][] x, double[][] y, double[] penalty, int output)
    {
        int n = penalty.Length;
        double[][] a = [.. Enumerable.Range(0, n).Select(i => (double[])
        [
            .. Enumerable.Range(0, n).Select(j => x.Sum(row => row[i] * row[j]) + (i == j ? penalty[i] : 0)),
            Enumerable.Range(0, x.Length).Sum(row => x[row][i] * y[row][output]),
        ])];
        for (int column = 0; column < n; column++)
        {
            int pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(a[row][column]));
            (a[column], a[pivot]) = (a[pivot], a[column]);
            for (int row = 0; row < n; row++)
            {
                double factor = row == column ? 0 : a[row][column] / a[column][column];
                for (int j = 0; j <= n; j++)
                {
                    a[row][j] -= factor * a[column][j];
                }
            }
        }

        return [.. a.Select((row, i) => row[n] / row[i])];
    }
}
