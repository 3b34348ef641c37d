using CsCheck;
using SemiDefect.Anomaly.Fleet.Messages;

namespace SemiDefect.Anomaly.Fleet.Tests;

public sealed class MessageTests
{
    private static readonly InspectionTask Good = new()
    {
        Version = 1,
        Run = new string('1', 32),
        Index = 7,
        Model = new string('a', 64),
        Name = "über/図.png",
    };

    [Fact]
    public void A_task_is_read_as_it_was_written()
    {
        InspectionTask task = Good with { Page = 3, Path = "a/b.png", Sha256 = new string('0', 64) };
        Assert.Equal(task, InspectionTask.Parse(task.ToText(), out string reason));
        Assert.Empty(reason);
        Assert.All(task.ToText(), c => Assert.InRange(c, ' ', '~'));
    }

    [Theory]
    [InlineData(null, "no task")]
    [InlineData("", "cannot be read")]
    [InlineData("{", "cannot be read")]
    [InlineData("null", "no task")]
    [InlineData("[1]", "cannot be read")]
    [InlineData("{\"version\":1}", "cannot be read")]
    public void What_is_no_task_is_refused(string? text, string expected)
    {
        Assert.Null(InspectionTask.Parse(text, out string reason));
        Assert.Contains(expected, reason, StringComparison.Ordinal);
        Assert.Null(EncodeTask.Parse(text, out reason));
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_out_of_range_are_refused_by_name()
    {
        foreach ((InspectionTask task, string expected) in new (InspectionTask, string)[]
        {
            (Good with { Version = 2 }, "update the older one"),
            (Good with { Index = -1 }, "negative"),
            (Good with { Run = "x.>" }, "run"),
            (Good with { Run = new string('1', 33) }, "run"),
            (Good with { Model = "../../etc" }, "fingerprint"),
            (Good with { Name = "a\nb" }, "one line"),
            (Good with { Name = new string('x', 5000) }, "one line"),
            (Good with { Page = 0 }, "page"),
            (Good with { Path = "a" }, "SHA-256"),
            (Good with { Path = "a", Sha256 = "", Object = "b" }, "two places"),
        })
        {
            Assert.Null(InspectionTask.Parse(task.ToText(), out string reason));
            Assert.Contains(expected, reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_changed_task_is_read_or_refused_without_another_error() =>
        Gen.Select(Gen.Int[0, 200], Gen.Char, Gen.Int[0, 3]).Sample((at, c, kind) =>
        {
            string text = Good.ToText();
            at %= text.Length;
            string changed = kind switch
            {
                0 => text[..at],
                1 => text[..at] + c + text[(at + 1)..],
                2 => text[..at] + c + text[at..],
                _ => text[at..],
            };
            InspectionTask? task = InspectionTask.Parse(changed, out string reason);
            Assert.Equal(task is null, reason.Length > 0);
            EncodeTask.Parse(changed, out _);
        });
}
