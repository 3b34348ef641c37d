using SemiDefect.Anomaly.Search.Kernels;
using SemiDefect.Anomaly.Search.Neighbors;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Search.Tests.Neighbors;

/// <summary>
/// Compares every kernel with float64, in this process and in child processes with other instruction sets.
/// </summary>
[Trait("Speed", "Slow")]
public unsafe class KernelTests
{
    public static TheoryData<string> Settings => [.. IntrinsicsRunner.Settings];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Kernels_agree_with_float64_on_every_instruction_set(string setting) =>
        Assert.Equal([1], IntrinsicsRunner.Run(CheckAll, setting));

    internal static byte[] CheckAll()
    {
        foreach (int columns in new[] { 1, 7, 16, 33, 100 })
        {
            foreach (int rows in new[] { 1, 2, 3, 4, 5, 64 })
            {
                CheckDense(rows, columns);
            }

            CheckProjection(columns);
            CheckQueryProjection(columns);
        }

        CheckQueryProjection(200);

        CheckPanel(32);
        CheckPanel(48);
        CheckBlocks();
        return [1];
    }

    private static void CheckDense(int rows, int columns)
    {
        float[] bank = HardData.Make("gaussian", rows, columns, 1);
        float[] queries = HardData.Make("gaussian", DenseKernel.GroupQueries, columns, 2);
        float[] center = HardData.Make("gaussian", 1, columns, 3);
        float[] norms = HardData.Make("gaussian", 1, rows, 4);
        float[] packed = new float[queries.Length];
        float[] bounds = new float[DenseKernel.GroupQueries * 70];
        fixed (
            float* bankStart = bank,
            packedStart = packed,
            centerStart = center,
            normStart = norms,
            boundStart = bounds)
        {
            for (int query = 0; query < DenseKernel.GroupQueries; query++)
            {
                DenseKernel.Pack(queries.AsSpan(query * columns, columns), query, columns, packedStart);
            }

            DenseKernel.Run(bankStart, rows, normStart, packedStart, centerStart, columns, boundStart, 70);
        }

        for (int query = 0; query < DenseKernel.GroupQueries; query++)
        {
            for (int row = 0; row < rows; row++)
            {
                double product = 0;
                for (int i = 0; i < columns; i++)
                {
                    product += (double)queries[query * columns + i] * (bank[row * columns + i] - center[i]);
                }

                Assert.Equal(norms[row] - 2 * product, bounds[query * 70 + row], 1e-3);
            }
        }
    }

    private static void CheckProjection(int inner)
    {
        const int Rows = 17;
        const int Columns = 64;
        double[] left = [.. HardData.Make("gaussian", Rows, inner, 5).Select(v => (double)v)];
        double[] right = [.. HardData.Make("gaussian", inner, Columns, 6).Select(v => (double)v)];
        double[] result = new double[Rows * Columns];
        fixed (double* a = left, b = right, c = result)
        {
            ProjectionKernel.Multiply(a, Rows, inner, b, Columns, c);
        }

        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                double sum = 0;
                for (int i = 0; i < inner; i++)
                {
                    sum += left[row * inner + i] * right[i * Columns + column];
                }

                // The order of summation is part of the contract.
                Assert.Equal(sum, result[row * Columns + column]);
            }
        }
    }

    private static void CheckQueryProjection(int inner)
    {
        const int Rows = 13;
        const int Room = 18;
        const int Columns = 64;
        float[] left = HardData.Make("gaussian", Room, inner, 5);
        double[] right = [.. HardData.Make("gaussian", inner, Columns, 6).Select(v => (double)v)];
        float[] packed = new float[right.Length];
        float[] result = new float[Room * Columns];
        fixed (float* a = left, p = packed, c = result)
        fixed (double* b = right)
        {
            QueryProjectionKernel.Pack(b, inner, Columns, p);
            QueryProjectionKernel.Multiply(a, Rows, inner, p, Columns, c);
        }

        double unit = Math.ScaleB(QueryProjectionKernel.Roundings(inner), -24);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                double sum = 0;
                double magnitudes = 0;
                for (int i = 0; i < inner; i++)
                {
                    double product = left[row * inner + i] * right[i * Columns + column];
                    sum += product;
                    magnitudes += Math.Abs(product);
                }

                Assert.InRange(
                    result[row * Columns + column], sum - 1.01 * unit * magnitudes, sum + 1.01 * unit * magnitudes);
            }
        }
    }

    private static void CheckPanel(int columns)
    {
        const int Rows = BlockKernel.BlockRows;
        int queries = PanelKernel.TileQueries;
        CodeRounding rounding = CodeRounding.For([1]);
        short[] block = new short[Rows * columns];
        short[] tile = new short[queries * columns];
        FillPanel(rounding, block, Rows, columns, 7);
        FillPanel(rounding, tile, queries, columns, 8);
        float[] norms = HardData.Make("gaussian", 1, Rows, 9);
        norms[3] = float.PositiveInfinity;
        float[] bounds = new float[queries * 40];
        float scale = (float)(rounding.Step * rounding.Step);
        fixed (short* blockStart = block, tileStart = tile)
        fixed (float* normStart = norms, boundStart = bounds)
        {
            PanelKernel.Run(blockStart, normStart, tileStart, columns, scale, boundStart, 40);
        }

        for (int query = 0; query < queries; query++)
        {
            for (int row = 0; row < Rows; row++)
            {
                long product = 0;
                for (int i = 0; i < columns; i++)
                {
                    product += tile[PanelKernel.Offset(queries, query, i)] * block[PanelKernel.Offset(Rows, row, i)];
                }

                // The products of the first query and the first rows are as large as possible: 32 bits are enough.
                Assert.InRange(Math.Abs(product), query == 0 && row < 2 ? 1_000_000_000 : 0, int.MaxValue);
                Assert.Equal(norms[row] + product * (double)scale, bounds[query * 40 + row], 1e-6);
            }
        }
    }

    private static void FillPanel(CodeRounding rounding, short[] panel, int rows, int columns, ulong seed)
    {
        float[] codes = HardData.Make("gaussian", rows, columns, seed);
        for (int row = 0; row < rows; row++)
        {
            Span<float> code = codes.AsSpan(row * columns, columns);
            if (row < 2)
            {
                // Longer than allowed, in both directions.
                code.Fill(row == 0 ? 3 : -3);
            }

            short[] rounded = new short[columns];
            fixed (float* codeStart = code)
            fixed (short* roundedStart = rounded)
            {
                rounding.Round(codeStart, columns, roundedStart, out _);
            }

            for (int column = 0; column < columns; column++)
            {
                panel[PanelKernel.Offset(rows, row, column)] = rounded[column];
            }
        }
    }

    private static void CheckBlocks()
    {
        const int Rows = BlockKernel.BlockRows;
        const int Group = BlockKernel.GroupBlocks;
        float[] block = HardData.Make("gaussian", 32, Rows, 10);
        float[] boxes = HardData.Make("gaussian", 2 * BlockKernel.BoxDimensions, Group, 11);
        float[] code = HardData.Make("gaussian", 1, 64, 12);
        float[] other = HardData.Make("gaussian", 1, 64, 13);
        for (int i = 0; i < BlockKernel.BoxDimensions; i++)
        {
            for (int j = 0; j < Group; j++)
            {
                // Upper ends are above the lower ends.
                boxes[(2 * i + 1) * Group + j] = boxes[2 * i * Group + j] + Math.Abs(boxes[(2 * i + 1) * Group + j]);
            }
        }

        double[] rowSquares =
        [
            .. Enumerable.Range(0, Rows).Select(
                row => Enumerable.Range(0, 32).Sum(i => Square((double)code[i] - block[i * Rows + row])))
        ];
        double[] boxSquares =
        [
            .. Enumerable.Range(0, Group).Select(j => Enumerable.Range(0, BlockKernel.BoxDimensions).Sum(i => Square(
                Math.Max(
                    0,
                    Math.Max(
                        (double)boxes[2 * i * Group + j] - code[i],
                        (double)code[i] - boxes[(2 * i + 1) * Group + j]))))),
        ];
        double rowLimit = rowSquares.Order().ElementAt(Rows / 2) + 1e-3;
        double boxLimit = boxSquares.Order().ElementAt(Group / 2) + 1e-3;
        float[] limits = new float[Rows];
        Array.Fill(limits, 1f);
        fixed (float* blockStart = block, boxStart = boxes, codeStart = code, otherStart = other, limitStart = limits)
        {
            Assert.Equal(
                Mask(rowSquares, rowLimit),
                BlockKernel.NearRows(blockStart, codeStart, 32, limitStart, (float)rowLimit - 1));
            Assert.Equal(
                Mask(boxSquares, boxLimit),
                BlockKernel.NearBoxes(boxStart, codeStart, limitStart, (float)boxLimit - 1));
            double expected = Enumerable.Range(0, 64).Sum(i => Square((double)code[i] - other[i]));
            Assert.Equal(expected, CodeKernel.SquaredDistance(codeStart, otherStart), expected * 1e-5);
        }
    }

    private static double Square(double value) => value * value;

    private static uint Mask(double[] squares, double limit) =>
        (uint)squares.Select((square, i) => square < limit ? 1L << i : 0).Sum();
}
