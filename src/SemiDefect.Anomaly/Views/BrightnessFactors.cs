using System.Text.Json.Serialization;
using SemiDefect.Anomaly.Imaging;

namespace SemiDefect.Anomaly.Views;

/// <summary>
/// Factors of brightness at which good images are learned in addition to their own. Immutable and thread-safe; equal if
/// the factors are.
/// </summary>
public sealed record BrightnessFactors
{
    /// <summary>The lowest factor, in hundredths.</summary>
    public const int Lowest = 10;

    /// <summary>The highest factor, in hundredths.</summary>
    public const int Highest = 400;

    /// <summary>The most factors.</summary>
    public const int Most = 8;

    private const int Own = 100;

    /// <summary>The factors, in hundredths.</summary>
    /// <exception cref="SemiDefectException">There is none, there are too many, or one cannot be.</exception>
    public required IReadOnlyList<int> Hundredths
    {
        get;
        init => field = value is { Count: >= 1 and <= Most }
            && value.All(one => one is >= Lowest and <= Highest and not Own)
            && value.Distinct().Count() == value.Count
            ? [.. value]
            : throw new SemiDefectException(
                $"Brightness takes 1 to {Most} different factors from 0.1 to 4, in steps of 0.01 and without 1, for "
                    + "example 0.8,1.2.");
    }

    /// <summary>The factors.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> Values => [.. Hundredths.Select(one => one / (double)Own)];

    /// <summary>The factors from numbers; null for none.</summary>
    /// <param name="factors">0.1 to 4, in steps of 0.01, without 1.</param>
    /// <exception cref="SemiDefectException">There are too many, or one cannot be.</exception>
    public static BrightnessFactors? Of(IReadOnlyList<double> factors)
    {
        ArgumentNullException.ThrowIfNull(factors);

        // What is no hundredth becomes 0, which is refused.
        return factors.Count == 0 ? null : new BrightnessFactors
        {
            Hundredths =
            [
                .. factors.Select(factor => Math.Round(factor * Own) is var rounded
                    && Math.Abs(rounded - factor * Own) < 1e-6
                    && rounded is >= Lowest and <= Highest
                    ? (int)rounded
                    : 0),
            ],
        };
    }

    /// <inheritdoc/>
    public bool Equals(BrightnessFactors? other) => other is not null && Hundredths.SequenceEqual(other.Hundredths);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Hundredths.Count, Hundredths[0]);

    /// <summary>
    /// The picture with its samples multiplied by a factor, rounded to the nearest and cut off at 255.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="hundredths">The factor, in hundredths.</param>
    internal static Image Scale(Image picture, int hundredths)
    {
        // Integers, so that the bytes are the same everywhere.
        Span<byte> table = stackalloc byte[256];
        for (int value = 0; value < table.Length; value++)
        {
            table[value] = (byte)Math.Min(255, (value * hundredths + Own / 2) / Own);
        }

        ReadOnlySpan<byte> source = picture.Rgb;
        byte[] target = new byte[source.Length];
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = table[source[i]];
        }

        return new Image(picture.Width, picture.Height, target);
    }
}
