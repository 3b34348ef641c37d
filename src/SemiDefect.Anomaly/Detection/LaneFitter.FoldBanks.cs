using SemiDefect.Anomaly.Banks;
using SemiDefect.Anomaly.Scoring;
using SemiDefect.Anomaly.Search.Neighbors;

namespace SemiDefect.Anomaly.Detection;

/// <summary>The fit of a memory bank per fold (<see cref="FitOptions.FoldBanks"/>).</summary>
internal sealed partial class LaneFitter
{
    // One bank per fold, selected from the images of all other folds; all of them score a new image.
    private FittedLane FitFoldBanks()
    {
        RequireTwoImages();
        var banks = new List<MemoryBank>();
        var models = new List<MemoryBankModel>();
        double radius = 0;
        try
        {
            for (int fold = 0; fold < _folds.Count; fold++)
            {
                SelectedBank selected =
                    _foldSource.SelectWithout(fold, CoresetProgress(fold, _folds.Count), _cancellationToken);
                banks.Add(selected.Bank);
                models.Add(ModelOf(selected.Bank));
                radius = Math.Max(radius, selected.CoveringRadius);
            }

            int[] own = [.. Enumerable.Range(0, _features.Images.Count).Select(image => _folds[image])];
            var scores = new OutOfFoldScores(JudgeByFoldBanks(banks, models), own);
            return new FittedLane(banks, models, scores, radius, _source.Pieces, _calibration, _features.Rows);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            banks.ForEach(bank => bank.Dispose());
            throw;
        }
    }

    // The bank without the image's fold scores it as it is, the others without their rows from its fold. A bank with
    // too few remaining rows is left out.
    private BranchScores[][] JudgeByFoldBanks(List<MemoryBank> banks, List<MemoryBankModel> models)
    {
        bool CanExclude(int bank, int fold) =>
            banks[bank].SourceImages.Count(image => _folds[image] != fold) >= RowsNeeded;

        bool[][] canJudge =
        [
            .. Enumerable.Range(0, banks.Count).Select(bank =>
                Enumerable.Range(0, _folds.Count).Select(fold => bank == fold || CanExclude(bank, fold)).ToArray())
        ];
        bool canAll = canJudge.All(row => row.All(can => can));
        var scores = new BranchScores[_features.Images.Count][];
        for (int image = 0; image < scores.Length; image++)
        {
            int fold = _folds[image];
            scores[image] = [.. Enumerable.Range(0, banks.Count)
                .Where(bank => canAll || bank == fold)
                .Select(bank =>
                    Judge(image, models[bank], bank == fold ? BankFilter.All : BankFilter.Without(fold))[0])];
            _progress?.Report(new FitProgress(FitStage.Thresholds, image + 1, scores.Length));
        }

        return scores;
    }
}
