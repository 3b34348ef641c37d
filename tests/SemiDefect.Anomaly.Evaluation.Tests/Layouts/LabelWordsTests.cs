using System.Text;
using SemiDefect.Anomaly.Evaluation.Layouts;

namespace SemiDefect.Anomaly.Evaluation.Tests.Layouts;

public class LabelWordsTests
{
    [Theory]
    [InlineData("good", LabelMeaning.Good)]
    [InlineData("OK", LabelMeaning.Good)]
    [InlineData(" Pass ", LabelMeaning.Good)]
    [InlineData("none", LabelMeaning.Good)]
    [InlineData("Defect-Free", LabelMeaning.Good)]
    [InlineData("양품", LabelMeaning.Good)]
    [InlineData("ＯＫ", LabelMeaning.Good)]
    [InlineData("NG", LabelMeaning.Bad)]
    [InlineData("n.ok", LabelMeaning.Bad)]
    [InlineData("not good", LabelMeaning.Bad)]
    [InlineData("불량", LabelMeaning.Bad)]
    [InlineData("scratch", LabelMeaning.Other)]
    [InlineData("goods2", LabelMeaning.Other)]
    [InlineData("0", LabelMeaning.Other)]
    [InlineData("", LabelMeaning.Other)]
    [InlineData("\uD800", LabelMeaning.Other)]
    public void A_word_means_good_or_bad_or_is_its_own(string word, object meaning) =>
        Assert.Equal((LabelMeaning)meaning, LabelWords.Of(word));

    [Fact]
    public void Korean_in_separate_letters_as_some_disks_store_it_is_the_same_word() =>
        Assert.Equal(LabelMeaning.Good, LabelWords.Of("양품".Normalize(NormalizationForm.FormD)));

    [Theory]
    [InlineData("0,1,1", "0")]
    [InlineData("0.0,1.0", "0.0")]
    [InlineData("0;0,1;0", "0,0")]
    [InlineData("PASS,FAIL", "PASS")]
    [InlineData("none,Scratch", "none")]
    [InlineData("양품,불량", "양품")]
    [InlineData("1,-1", "1")]
    [InlineData("1.0,-1.0", "1.0")]
    [InlineData("False,True", "False")]
    [InlineData("0,1,2,3", "0")]
    public void The_labels_of_a_list_are_understood_together(string labels, string good)
    {
        string[] all = [.. labels.Split(',').Select(label => label.Replace(';', ','))];
        LabelColumn column = LabelColumn.Of(all, "list.csv");
        Assert.All(all, label => Assert.Equal(label == good, column.Read(label).IsGood));
        Assert.Equal("good", column.Read(good).Type);
    }

    [Theory]
    [InlineData("0,-1", "label 0 beside -1")]
    [InlineData("0,0.5", "label 0.5")]
    [InlineData("1,1", "no good image")]
    [InlineData("A,B", "its labels are A, B")]
    [InlineData("FAIL,NG", "no good image")]
    public void Labels_of_which_none_or_an_unknown_one_means_good_are_refused_by_name(string labels, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<SemiDefectException>(() => LabelColumn.Of(labels.Split(','), "list.csv")).Message,
            StringComparison.Ordinal);
}
