using System.Security.Cryptography;
using CsCheck;
using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.Search.Numerics;
using SemiDefect.Anomaly.Tests.Support;
using SemiDefect.Anomaly.TestSupport;
using SemiDefect.Anomaly.Views;

namespace SemiDefect.Anomaly.Tests.Views;

public class ViewTurnTests
{
    // One gray level, plus the effect of rounding positions to 1/256 pixel.
    private const double Tolerance = 1.02;

    private static readonly Gen<ViewTurn> ExactTurns =
        Gen.Select(Gen.Int[0, 3], Gen.Bool, (quarters, flip) => new ViewTurn(90 * quarters, flip));
    private static readonly Gen<ViewTurn> HalfwayTurns =
        Gen.Select(Gen.Int[0, 3], Gen.Bool, (quarters, flip) => new ViewTurn(45 + 90 * quarters, flip));

    [Fact]
    public void A_turn_repeated_leads_back_to_the_picture()
    {
        Gen.Select(ExactTurns, Gen.Int[1, 20], Gen.Int[1, 20], Gen.ULong).Sample((turn, width, height, seed) =>
        {
            // A mirrored turn is its own inverse; four quarter turns are the identity.
            int times = turn == ViewTurn.None ? 1 : turn.Flip || turn.Degrees == 180 ? 2 : 4;
            Image picture = Pictures.Noise(width, height, seed);
            Image turned = picture;
            for (int i = 0; i < times; i++)
            {
                turned = ViewTurner.Turn(turned, turn);
            }

            Assert.Equal((width, height), (turned.Width, turned.Height));
            Assert.True(picture.Rgb.SequenceEqual(turned.Rgb), $"{turn} does not lead back.");
        });
    }

    [Fact]
    public void A_quarter_turn_is_clockwise_and_a_flip_comes_before_it()
    {
        // 1 2 3    4 1    3 2 1    6 3
        // 4 5 6    5 2    6 5 4    5 2
        //          6 3             4 1
        Image picture = Pictures.Of(3, 2, (x, y) => 3 * y + x + 1);
        Assert.Equal([4, 1, 5, 2, 6, 3], Grays(picture, new ViewTurn(90, false)));
        Assert.Equal([6, 5, 4, 3, 2, 1], Grays(picture, new ViewTurn(180, false)));
        Assert.Equal([3, 6, 2, 5, 1, 4], Grays(picture, new ViewTurn(270, false)));
        Assert.Equal([3, 2, 1, 6, 5, 4], Grays(picture, new ViewTurn(0, true)));
        Assert.Equal([6, 3, 5, 2, 4, 1], Grays(picture, new ViewTurn(90, true)));
    }

    [Fact]
    public void Each_point_of_an_exactly_turned_view_is_where_its_pixel_came_from()
    {
        Gen.Select(ExactTurns, Gen.Int[1, 15], Gen.Int[1, 15], Gen.Int[0, 9], Gen.Int[0, 9]).Sample(
            (turn, width, height, left, top) =>
            {
                View view = ViewOf(width, height, left, top, turn);

                // Every pixel has its own gray level.
                Image turned = ViewTurner.Turn(Pictures.Of(width, height, (x, y) => y * width + x), turn);
                Assert.Equal((view.Width, view.Height), (turned.Width, turned.Height));
                for (int i = 0; i < width * height; i++)
                {
                    int source = turned.Rgb[3 * i];
                    Assert.Equal(
                        (left + source % width, top + source / width),
                        view.ToOriginal(i % view.Width, i / view.Width));
                }
            });
    }

    [Fact]
    public void A_patch_of_an_exactly_turned_view_is_centered_on_its_own_pixels()
    {
        Gen.Select(ExactTurns, Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 5]).Sample((turn, across, down, side) =>
        {
            int width = across * side;
            int height = down * side;
            View view = ViewOf(width, height, 4, 2, turn);
            Image turned = ViewTurner.Turn(Pictures.Of(width, height, (x, y) => y * width + x), turn);
            int gridWidth = view.Width / side;
            int gridHeight = view.Height / side;
            for (int patch = 0; patch < gridWidth * gridHeight; patch++)
            {
                double sumX = 0;
                double sumY = 0;
                for (int i = 0; i < side * side; i++)
                {
                    int x = patch % gridWidth * side + i % side;
                    int y = patch / gridWidth * side + i / side;
                    int source = turned.Rgb[3 * (y * turned.Width + x)];
                    sumX += source % width;
                    sumY += source / width;
                }

                (double centerX, double centerY) = view.PatchCenter(patch, gridHeight, gridWidth);
                Assert.Equal(4 + sumX / (side * side), centerX, 1e-9);
                Assert.Equal(2 + sumY / (side * side), centerY, 1e-9);
            }
        });
    }

    [Fact]
    public void A_gray_plane_turned_by_45_degrees_is_accurate_to_one_level()
    {
        Gen.Select(HalfwayTurns, Gen.Int[16, 60], Gen.Int[16, 60], Gen.Double[-1.8, 1.8], Gen.Double[-1.8, 1.8]).Sample(
            (turn, width, height, slopeX, slopeY) =>
            {
                double Gray(double x, double y) =>
                    127.5 + slopeX * (x - (width - 1) / 2.0) + slopeY * (y - (height - 1) / 2.0);
                Image picture = Pictures.Of(width, height, (x, y) => (int)Math.Round(Gray(x, y)));
                Image turned = ViewTurner.Turn(picture, turn);
                Assert.Equal((width, height), (turned.Width, turned.Height));
                int compared = 0;
                for (int i = 0; i < width * height; i++)
                {
                    (double x, double y) = Rotated(turn, i % width, i / width, width, height);
                    if (x >= 0 && y >= 0 && x <= width - 1 && y <= height - 1)
                    {
                        Assert.InRange(Math.Abs(turned.Rgb[3 * i] - Gray(x, y)), 0, Tolerance);
                        compared++;
                    }
                }

                Assert.True(compared > width * height / 4);
            });
    }

    [Fact]
    public void Points_of_a_view_turned_by_45_degrees_follow_the_rotation()
    {
        Gen.Select(HalfwayTurns, Gen.Int[1, 60], Gen.Int[1, 60], Gen.Double[-5, 60], Gen.Double[-5, 60]).Sample(
            (turn, width, height, x, y) =>
            {
                (double expectedX, double expectedY) = Rotated(turn, x, y, width, height);
                (double actualX, double actualY) = ViewOf(width, height, 3, 8, turn).ToOriginal(x, y);
                Assert.Equal(3 + expectedX, actualX, 1e-9);
                Assert.Equal(8 + expectedY, actualY, 1e-9);
            });
    }

    [Fact]
    public void Partly_empty_patches_of_a_turn_by_45_degrees_are_left_out()
    {
        Gen.Select(HalfwayTurns, Gen.Int[8, 80], Gen.Int[8, 80], Gen.Int[1, 12], Gen.Int[1, 12]).Sample(
            (turn, width, height, gridWidth, gridHeight) =>
            {
                int[] expected = [.. Enumerable.Range(0, gridWidth * gridHeight)
                    .Where(patch => ShowsTheImageAlone(patch, turn, width, height, gridWidth, gridHeight))];
                int[] all = [.. Enumerable.Range(0, gridWidth * gridHeight)];
                Assert.Equal(expected, ViewOf(width, height, 0, 0, turn).ValidPatches(gridHeight, gridWidth) ?? all);
            });
    }

    [Fact]
    public void A_square_turned_by_45_degrees_loses_only_its_corners()
    {
        View view = ViewOf(64, 64, 0, 0, new ViewTurn(45, false));
        int[] valid = view.ValidPatches(8, 8)!;
        Assert.DoesNotContain(0, valid);
        Assert.DoesNotContain(63, valid);
        Assert.Contains(3, valid);
        Assert.Contains(8 * 3 + 3, valid);
        Assert.Null(ViewOf(64, 64, 0, 0, new ViewTurn(270, true)).ValidPatches(8, 8));
    }

    [Fact]
    public void Turned_pictures_are_the_same_bytes_with_any_instruction_set()
    {
        byte[] expected = DigestOfTurns();
        foreach (string setting in IntrinsicsRunner.Settings)
        {
            Assert.Equal(expected, IntrinsicsRunner.Run(DigestOfTurns, setting));
        }

        // Recorded when turns were implemented: the same on every system.
        Assert.Equal(
            "c4251a4a4fbbe86a1d7701747ebe8dca2333aba927d904a2f5e12db963391a40", Convert.ToHexStringLower(expected));
    }

    private static byte[] DigestOfTurns()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var generator = new SeededGenerator(45);
        for (int i = 0; i < 64; i++)
        {
            Image picture = Pictures.Noise(1 + generator.NextInt32(70), 1 + generator.NextInt32(70), (ulong)i);
            hash.AppendData(ViewTurner.Turn(picture, new ViewTurn(45 * (i % 8), i % 16 >= 8)).Rgb);
        }

        return hash.GetHashAndReset();
    }

    private static int[] Grays(Image picture, ViewTurn turn)
    {
        byte[] rgb = ViewTurner.Turn(picture, turn).Rgb.ToArray();
        return [.. Enumerable.Range(0, rgb.Length / 3).Select(i => (int)rgb[3 * i])];
    }

    private static View ViewOf(int width, int height, int left, int top, ViewTurn turn)
    {
        (int wholeWidth, int wholeHeight) = (width + left + 5, height + top + 5);
        return new View(
            new InputGeometry(wholeWidth, wholeHeight, wholeWidth, wholeHeight, left, top, width, height), turn, null);
    }

    // The source of a point of the turned image: the inverse turn by the library's sine and cosine, then the flip.
    private static (double X, double Y) Rotated(ViewTurn turn, double x, double y, int width, int height)
    {
        (double sine, double cosine) = Math.SinCos(-turn.Degrees * Math.PI / 180);
        double dx = x - (width - 1) / 2.0;
        double dy = y - (height - 1) / 2.0;
        double sourceX = cosine * dx - sine * dy;
        double sourceY = sine * dx + cosine * dy;
        return ((turn.Flip ? -sourceX : sourceX) + (width - 1) / 2.0, sourceY + (height - 1) / 2.0);
    }

    private static bool ShowsTheImageAlone(
        int patch, ViewTurn turn, int width, int height, int gridWidth, int gridHeight)
    {
        // A grid of points over the patch, including its edges; gaps below a billionth of a pixel do not count.
        const int Steps = 6;
        for (int i = 0; i <= Steps; i++)
        {
            for (int j = 0; j <= Steps; j++)
            {
                double x = (patch % gridWidth + (double)i / Steps) * width / gridWidth - 0.5;
                double y = (patch / gridWidth + (double)j / Steps) * height / gridHeight - 0.5;
                (double sourceX, double sourceY) = Rotated(turn, x, y, width, height);
                if (sourceX < -0.5 - 1e-9 || sourceY < -0.5 - 1e-9
                    || sourceX > width - 0.5 + 1e-9 || sourceY > height - 0.5 + 1e-9)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
