using CsCheck;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Search.Tests.Numerics;

public class TridiagonalEigenTests
{
    [Fact]
    public void Eigenvectors_are_orthonormal_and_diagonalize_the_matrix() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[0, 3], Gen.ULong).Sample(
            (size, kind, seed) =>
            {
                double[] matrix = Symmetric(size, kind, new SeededGenerator(seed));
                (double[] values, double[] vectors) = TridiagonalEigen.Decompose((double[])matrix.Clone(), size);
                double scale = Math.Max(1e-30, matrix.Max(Math.Abs)) * size;
                for (int i = 0; i < size; i++)
                {
                    Assert.True(i == 0 || values[i] <= values[i - 1]);
                    for (int j = 0; j < size; j++)
                    {
                        double product =
                            Enumerable.Range(0, size).Sum(k => vectors[i * size + k] * vectors[j * size + k]);
                        Assert.Equal(i == j ? 1 : 0, product, 1e-11);
                        double image =
                            Enumerable.Range(0, size).Sum(k => matrix[j * size + k] * vectors[i * size + k]);
                        Assert.InRange(Math.Abs(image - values[i] * vectors[i * size + j]), 0, 1e-12 * scale);
                    }
                }
            },
            iter: 100);

    [Fact]
    public void Eigenvalues_equal_those_of_Jacobi_rotations()
    {
        const int Size = 40;
        double[] matrix = Symmetric(Size, 0, new SeededGenerator(5));
        double[] jacobi = (double[])matrix.Clone();
        SymmetricEigen.Decompose(jacobi, Size);
        double[] expected = [.. Enumerable.Range(0, Size).Select(i => jacobi[i * Size + i]).OrderDescending()];
        (double[] values, _) = TridiagonalEigen.Decompose(matrix, Size);
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    // Any values; of low rank; diagonal with equal values; zero.
    private static double[] Symmetric(int size, int kind, SeededGenerator generator)
    {
        double[] matrix = new double[size * size];
        double[] one = [.. Enumerable.Range(0, size).Select(_ => generator.NextGaussian())];
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                double value = kind switch
                {
                    0 => generator.NextGaussian() * 100,
                    1 => one[i] * one[j],
                    2 => i == j ? i % 3 : 0,
                    _ => 0,
                };
                matrix[i * size + j] = matrix[j * size + i] = value;
            }
        }

        return matrix;
    }
}
