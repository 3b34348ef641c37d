using CsCheck;
using SemiDefect.Anomaly.Evaluation.Samples;
using SemiDefect.Anomaly.Search.Numerics;

namespace SemiDefect.Anomaly.Evaluation.Tests.Samples;

public class ShapeTests
{
    private static readonly Gen<double> Coordinate = Gen.Double[-30, 30];

    [Fact]
    public void The_distance_to_an_arc_is_that_to_the_nearest_of_its_points() =>
        Gen.Select(Coordinate, Coordinate, Gen.Double[0, 6.2], Gen.Double[0.1, 3.1]).Sample((x, y, axis, halfSweep) =>
        {
            double expected = Nearest(x, y, share =>
            {
                double angle = axis + halfSweep * (2 * share - 1);
                return (1 + 10 * PortableMath.Cos(angle), 2 + 10 * PortableMath.Sin(angle));
            });
            Assert.Equal(expected - 1.5, new Arc(1, 2, 10, 1.5, axis, halfSweep).Distance(x, y), 0.02);
        });

    [Fact]
    public void The_distance_to_a_line_is_that_to_the_nearest_of_its_points() =>
        Gen.Select(Coordinate, Coordinate, Coordinate, Coordinate).Sample((x, y, endX, endY) =>
        {
            double expected = Nearest(x, y, share => (3 + share * (endX - 3), -4 + share * (endY + 4)));
            Assert.Equal(expected - 0.5, new Polyline(0.5, (3, -4), (endX, endY)).Distance(x, y), 0.02);
        });

    [Fact]
    public void Every_shape_lies_within_its_bounds_and_a_cut_takes_away() =>
        Gen.Select(Coordinate, Coordinate, Gen.Double[0, 3]).Sample((x, y, angle) =>
        {
            var rectangle = new Rectangle(2, 1, 8, 4, 1, (PortableMath.Cos(angle), PortableMath.Sin(angle)));
            var disc = Rectangle.Disc(0, 0, 6);
            Shape[] shapes =
            [
                rectangle,
                disc,
                rectangle.Outline(1),
                rectangle.Without(disc),
                new Arc(1, 2, 10, 1, angle, 1),
                new Polyline(1, (x / 2, 3), (4, y / 3), (0, 0)),
            ];
            foreach (Shape shape in shapes)
            {
                bool within = x >= shape.Bounds.Left
                    && x <= shape.Bounds.Right
                    && y >= shape.Bounds.Top
                    && y <= shape.Bounds.Bottom;
                Assert.True(within || shape.Distance(x, y) >= 0);
            }

            Assert.Equal(
                rectangle.Distance(x, y) < 0 && disc.Distance(x, y) > 0, rectangle.Without(disc).Distance(x, y) < 0);
            Assert.Equal(Math.Sqrt(x * x + y * y) - 6, disc.Distance(x, y), 1e-9);
        });

    private static double Nearest(double x, double y, Func<double, (double X, double Y)> point) =>
        Enumerable.Range(0, 4001).Min(i =>
        {
            (double pointX, double pointY) = point(i / 4000.0);
            return Math.Sqrt((pointX - x) * (pointX - x) + (pointY - y) * (pointY - y));
        });
}
