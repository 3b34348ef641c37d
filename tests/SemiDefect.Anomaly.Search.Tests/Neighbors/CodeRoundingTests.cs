using CsCheck;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Search.Tests.Neighbors;

public unsafe class CodeRoundingTests
{
    private const int Columns = 32;

    private static readonly Gen<float[]> Codes = Gen.Select(
        Gen.Float[-1, 1].Array[Columns],
        Gen.Float[-12, 12],
        (values, exponent) => values.Select(value => value * MathF.Exp(exponent)).ToArray());

    [Fact]
    public void Rounded_codes_are_no_farther_apart_than_codes_and_their_errors() =>
        Gen.Select(Codes, Codes, Codes).Sample((a, b, c) =>
        {
            CodeRounding rounding = CodeRounding.For([(float)Length(a), (float)Length(b)]);
            (short[] first, double firstError, double firstSquare) = Round(rounding, a);
            (short[] second, double secondError, double secondSquare) = Round(rounding, c);
            double apart = Length(a.Zip(c, (x, y) => (double)x - y));
            Assert.InRange(
                Length(first.Zip(second, (x, y) => (double)x - y)) * rounding.Step,
                0,
                (apart + firstError + secondError) * (1 + 1e-9));
            foreach ((short[] rounded, double square) in new[] { (first, firstSquare), (second, secondSquare) })
            {
                double length = Length(rounded.Select(value => (double)value));
                Assert.InRange(length, 0, CodeRounding.Radius + Math.Sqrt(Columns) / 2);
                Assert.Equal(length * length * rounding.Step * rounding.Step, square, square * 1e-9);
            }
        });

    [Fact]
    public void A_code_within_the_radius_is_off_by_at_most_half_a_step_per_value() => Codes.Sample(code =>
    {
        CodeRounding rounding = CodeRounding.For([(float)Length(code)]);
        (short[] rounded, double error, _) = Round(rounding, code);
        Assert.InRange(Length(code.Zip(rounded, (x, y) => x - y * rounding.Step)), 0, error);
        Assert.InRange(error, 0, (Math.Sqrt(Columns) / 2 + 1e-6) * rounding.Step);
    });

    [Theory]
    [InlineData(new float[] { 0, 0, 0 })]
    [InlineData(new float[] { 0, 0, 1e30f })]
    [InlineData(new float[] { 1e-38f })]
    public void A_step_is_never_zero(float[] lengths) => Assert.True(CodeRounding.For(lengths).Step > 1e-20);

    [Fact]
    public void One_distant_row_does_not_coarsen_the_others()
    {
        float[] lengths = [.. Enumerable.Repeat(1f, 99), 1000];
        Assert.InRange(CodeRounding.For(lengths).Step * CodeRounding.Radius, 1, 10);
    }

    private static (short[] Rounded, double Error, double Square) Round(CodeRounding rounding, float[] code)
    {
        short[] rounded = new short[Columns];
        fixed (float* codeStart = code)
        fixed (short* roundedStart = rounded)
        {
            double square = rounding.Round(codeStart, Columns, roundedStart, out double error);
            return (rounded, error, square);
        }
    }

    private static double Length(IEnumerable<float> values) => Length(values.Select(value => (double)value));

    private static double Length(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}
