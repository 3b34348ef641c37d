using System.Globalization;
using System.Text.RegularExpressions;

namespace SemiDefect.Anomaly.Server.Tests.Support;

/// <summary>The text that /metrics answers, in Prometheus's format. Labels have no order there.</summary>
internal sealed partial class MetricsPage(string text)
{
    private readonly string[] _lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The page as it is.</summary>
    public string Text => text;

    /// <summary>The names of the metrics with their types.</summary>
    public IReadOnlyDictionary<string, string> Types => _lines
        .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
        .Select(line => line.Split(' '))
        .ToDictionary(fields => fields[2], fields => fields[3], StringComparer.Ordinal);

    /// <summary>All samples: name, labels in ordinal order, and value.</summary>
    public IReadOnlyList<(string Name, string Labels, double Value)> Samples =>
    [
        .. _lines.Where(line => !line.StartsWith('#')).Select(line =>
        {
            Match match = Sample().Match(line);
            Assert.True(match.Success, line);
            (string, string)[] labels =
            [
                .. match.Groups["label"].Captures.Zip(
                    match.Groups["value"].Captures,
                    (label, value) => (label.Value, value.Value)),
            ];
            double number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
            return (match.Groups["name"].Value, Join(labels), number);
        }),
    ];

    /// <summary>The sample with exactly these labels; null if there is none.</summary>
    public double? Value(string name, params (string Name, string Value)[] labels)
    {
        string wanted = Join(labels);
        double[] values =
        [
            .. Samples.Where(sample => sample.Name == name && sample.Labels == wanted).Select(sample => sample.Value),
        ];
        return values.Length == 0 ? null : Assert.Single(values);
    }

    private static string Join(IEnumerable<(string Name, string Value)> labels) =>
        string.Join(',', labels.Select(label => $"{label.Name}={label.Value}").Order(StringComparer.Ordinal));

    [GeneratedRegex("""^(?<name>\w+)(\{((?<label>\w+)="(?<value>[^"]*)",?)*\})? (?<number>\S+)$""")]
    private static partial Regex Sample();
}
