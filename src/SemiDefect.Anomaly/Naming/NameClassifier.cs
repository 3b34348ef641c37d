using SemiDefect.Anomaly.Serialization;

namespace SemiDefect.Anomaly.Naming;

/// <summary>Names described regions. Immutable and thread-safe.</summary>
internal sealed class NameClassifier
{
    private const int Sides = 4;

    // A learned box may reach a little beyond its region, and never shrinks to nothing.
    private const double MostGrown = -0.25;
    private const double MostShrunk = 0.95;

    private readonly NamesRecord _record;
    private readonly double[] _all;

    /// <summary>The classifier of taught names.</summary>
    public NameClassifier(NamesRecord record)
    {
        _record = record;
        _all = [.. record.Types.SelectMany(type => type.Unusual).Order()];
    }

    /// <summary>The type of a region.</summary>
    /// <param name="descriptor">Its descriptor.</param>
    /// <param name="region">Its bounding box.</param>
    public RegionType Name(double[] descriptor, DefectBox region)
    {
        double[] values = Standardize(descriptor, _record);
        double[] scores = ScoresOf(values);
        int closest = Array.IndexOf(scores, scores.Max());
        double unusual = Unusual(_record.Method, scores, closest);
        (double pValue, bool isUnknown) = Judge(_record.Types[closest], unusual);
        string name = _record.Types[closest].Name;
        return new RegionType(
            isUnknown ? RegionType.UnknownName : name,
            name,
            pValue,
            Confidence(_record.Method, scores, closest),
            _record.HasBoxes ? BoxOf(values, region) : region);
    }

    /// <summary>The descriptor on the scale of the classifier.</summary>
    public static double[] Standardize(double[] descriptor, NamesRecord record)
    {
        double[] values = new double[record.Dimension];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (descriptor[i] - record.Weights[i]) * record.Weights[record.Dimension + i];
        }

        return values;
    }

    /// <summary>How unusual a region of some scores is for a type; 0 or more.</summary>
    public static double Unusual(NamingMethod method, double[] scores, int type)
    {
        if (method == NamingMethod.Prototype)
        {
            return Math.Sqrt(Math.Max(0, -scores[type]));
        }

        double sum = 0;
        for (int other = 0; other < scores.Length; other++)
        {
            double residual = scores[other] - (other == type ? 1 : 0);
            sum += residual * residual;
        }

        return sum;
    }

    /// <summary>The score of a prototype: minus the squared distance.</summary>
    public static double ScoreOfPrototype(ReadOnlySpan<double> values, ReadOnlySpan<double> prototype)
    {
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double difference = values[i] - prototype[i];
            sum += difference * difference;
        }

        return -sum;
    }

    private static double Confidence(NamingMethod method, double[] scores, int type)
    {
        if (method == NamingMethod.Linear)
        {
            return Math.Clamp(scores[type], 0, 1);
        }

        double own = Math.Sqrt(Math.Max(0, -scores[type]));
        double next = scores.Length == 1
            ? 1
            : Math.Sqrt(Math.Max(0, -scores.Where((_, other) => other != type).Max()));
        return own + next > 0 ? next / (own + next) : 0.5;
    }

    private double[] ScoresOf(double[] values)
    {
        double[] scores = new double[_record.Types.Count];
        for (int type = 0; type < scores.Length; type++)
        {
            ReadOnlySpan<double> row = RowOf(type);
            scores[type] = _record.Method == NamingMethod.Prototype
                ? ScoreOfPrototype(values, row[..values.Length])
                : RidgeRegression.Dot(values, row[..values.Length]) + row[values.Length];
        }

        return scores;
    }

    private ReadOnlySpan<double> RowOf(int row) => _record.Weights.AsSpan(
        2 * _record.Dimension + row * (_record.Dimension + 1), _record.Dimension + 1);

    // A conformal p-value, by the defects of the type itself if there are enough, otherwise by those of all types.
    private (double PValue, bool IsUnknown) Judge(NamedType type, double unusual)
    {
        bool usesOwn = DefectNames.UsesOwn(_record, type) || (_all.Length + 1) * _record.UnknownRate < 1;
        IReadOnlyList<double> known = usesOwn ? type.Unusual : _all;
        double pValue = (1.0 + known.Count(value => value >= unusual)) / (known.Count + 1);
        return (pValue, pValue <= _record.UnknownRate);
    }

    private DefectBox BoxOf(double[] values, DefectBox region)
    {
        Span<double> inset = stackalloc double[Sides];
        for (int side = 0; side < Sides; side++)
        {
            ReadOnlySpan<double> row = RowOf(_record.Types.Count + side);
            inset[side] = Math.Clamp(
                RidgeRegression.Dot(values, row[..values.Length]) + row[values.Length], MostGrown, MostShrunk);
        }

        (double width, double height) = (region.Right - region.Left, region.Bottom - region.Top);
        var box = new DefectBox(
            region.Left + inset[0] * width,
            region.Top + inset[1] * height,
            region.Right - inset[2] * width,
            region.Bottom - inset[3] * height);
        return box.Right > box.Left && box.Bottom > box.Top ? box : region;
    }
}
