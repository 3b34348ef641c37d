using System.Globalization;

namespace SemiDefect.Anomaly.Encoders;

/// <summary>
/// A linear projection of patch vectors, learned on the good images alone, of each network and size its own:
/// docs/projection.md. Immutable; invalid values are rejected when set.
/// </summary>
public sealed record ProjectionOptions
{
    /// <summary>The largest dimension.</summary>
    public const int LargestDimension = 1024;

    /// <summary>The dimension where none is given, unless the patches have fewer values.</summary>
    public const int DefaultDimension = 128;

    /// <summary>The default number of steps.</summary>
    public const int DefaultSteps = 1000;

    private const int MostSteps = 1_000_000;

    /// <summary>How it is learned.</summary>
    public ProjectionKind Kind
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value
            : throw new SemiDefectException($"There is no projection {(int)value}.");
    }

    /// <summary>
    /// Values per patch after it, 1 to 1,024; null for 128, or as many as the patches have if these are fewer.
    /// </summary>
    public int? Dimension
    {
        get;
        init => field = value is null or (>= 1 and <= LargestDimension)
            ? value
            : throw new SemiDefectException(
                $"The dimension of a projection must be from 1 to {LargestDimension}, not {value}.");
    }

    /// <summary>Training steps of <see cref="ProjectionKind.ReConPatch"/>, 1 to 1,000,000.</summary>
    public int Steps
    {
        get;
        init => field = value is >= 1 and <= MostSteps
            ? value
            : throw new SemiDefectException($"The steps of a projection must be from 1 to {MostSteps}, not {value}.");
    } = DefaultSteps;

    /// <summary>Reads <c>reconpatch</c>, <c>pca</c> or <c>whiten</c>, with or without <c>:N</c>; null for
    /// <c>none</c>.</summary>
    /// <exception cref="SemiDefectException">The text is none of these.</exception>
    public static ProjectionOptions? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        ProjectionKind? kind = parts[0].ToUpperInvariant() switch
        {
            "RECONPATCH" => ProjectionKind.ReConPatch,
            "PCA" => ProjectionKind.Pca,
            "WHITEN" => ProjectionKind.Whiten,
            _ => null,
        };
        int dimension = 0;
        bool isRead = parts.Length == 1 || (parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out dimension));
        if (string.Equals(text, "none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return kind is { } known && isRead
            ? new ProjectionOptions { Kind = known, Dimension = parts.Length == 2 ? dimension : null }
            : throw new SemiDefectException(
                $"A projection is reconpatch, pca or whiten, with or without a dimension (pca:64), or none; not "
                    + $"'{text}'.");
    }

    /// <summary>The dimension for patches of some number of values.</summary>
    /// <exception cref="SemiDefectException">They have fewer values than asked for.</exception>
    internal int DimensionFor(int values) => Dimension is not { } asked
        ? Math.Min(DefaultDimension, values)
        : asked <= values
            ? asked
            : throw new SemiDefectException(
                $"A projection to {asked} values was asked for, but the patches have {values}: ask for {values} or "
                    + "fewer (--projection), or use more outputs of the network (--taps).");
}
