using System.Globalization;
using SemiDefect.Anomaly.Calibration;

namespace SemiDefect.Anomaly.Evaluation.Checks;

/// <summary>Rules on the numbers of images. Stateless.</summary>
internal static class BalanceRules
{
    private const int FewGood = 20;
    private const int FewOfType = 5;

    public static void Apply(List<CheckedImage> images, FindingList findings)
    {
        bool hasTraining = images.Any(image => image.IsTraining);
        int good = hasTraining ? images.Count(image => image.IsTraining) : images.Count(image => image.IsGood);
        var threshold = new ThresholdOptions();
        double rate = threshold.FalseAlarmRate;
        if (good < FewGood)
        {
            findings.Add(
                CheckSeverity.Warning,
                "few_good_images",
                $"{good} good images are few for training: thresholds will be conservative, and rare but normal "
                    + "appearances will be called abnormal.");
        }
        else if (good < threshold.ImagesNeeded)
        {
            findings.Add(
                CheckSeverity.Info,
                "few_good_images",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{good} good images cannot guarantee a false-alarm rate of {rate}: a tail model will set the "
                        + $"threshold."));
        }

        CheckedImage[] tested = [.. images.Where(image => !image.IsTraining)];
        if (tested.Length == 0)
        {
            return;
        }

        if (hasTraining && !tested.Any(image => image.IsGood))
        {
            findings.Add(
                CheckSeverity.Warning,
                "no_good_test_image",
                "There is no good test image: false alarms cannot be counted.");
        }

        if (tested.All(image => image.IsGood))
        {
            findings.Add(
                CheckSeverity.Info, "no_abnormal_image", "There is no abnormal test image: try 'semidefect rehearse'.");
        }

        foreach (IGrouping<string, CheckedImage> type
            in tested.Where(image => !image.IsGood)
                .GroupBy(image => image.Type)
                .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            if (type.Count() < FewOfType)
            {
                findings.Add(
                    CheckSeverity.Info,
                    "rare_type",
                    $"'{type.Key}' has {type.Count()} image{(type.Count() == 1 ? "" : "s")}: its figures will be "
                        + "imprecise. Also look at the mean over types.");
            }
        }
    }
}
