using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;
using SemiDefect.Anomaly.Server.Storage;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>
/// The images that verdicts are about, which outlive the pictures of the history: false alarms in
/// DATA/feedback/MODEL/good, known defects in DATA/feedback/MODEL/defect. Thread-safe.
/// </summary>
internal sealed class FeedbackStore(ServerOptions options, PictureStore pictures)
{
    private const string Good = "good";
    private const string Defect = "defect";

    /// <summary>Keeps or deletes the image of an inspection, as its verdict says.</summary>
    public void Keep(InspectionRecord record)
    {
        if (!ModelName.IsValid(record.Model))
        {
            return;
        }

        string? wanted = record.Verdict == Verdicts.FalseAlarm ? Good : record.IsKnownDefect ? Defect : null;
        byte[]? image = wanted is null ? null : ReadImage(record);
        foreach (string kind in new[] { Good, Defect }.Where(kind => kind != wanted))
        {
            foreach (string path in Find(record, kind))
            {
                File.Delete(path);
            }
        }

        if (image is not null && !Find(record, wanted!).Any())
        {
            AtomicFile.Write(
                Path.Combine(Folder(record.Model, wanted!), $"{record.Id}{MediaTypes.Extension(image)}"),
                stream => stream.Write(image));
        }
    }

    /// <summary>The image of an inspection, from the history or from here; null if it is gone.</summary>
    public byte[]? ReadImage(InspectionRecord record)
    {
        if (record.Picture is { } picture && pictures.ReadImage(picture) is { } image)
        {
            return image;
        }

        return ModelName.IsValid(record.Model)
            && Find(record, Good).Concat(Find(record, Defect)).FirstOrDefault() is { } path
            ? File.ReadAllBytes(path)
            : null;
    }

    /// <summary>Whether the image of an inspection is in the history or here.</summary>
    public bool HasImage(InspectionRecord record) => record.Picture is not null
        || (ModelName.IsValid(record.Model) && Find(record, Good).Concat(Find(record, Defect)).Any());

    /// <summary>The stored false alarms: inspections and files, by ascending inspection.</summary>
    public IReadOnlyList<(long Inspection, string Path)> FalseAlarms(string model)
    {
        string folder = Folder(model, Good);
        return !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory.EnumerateFiles(folder)
                    .Select(path => (IsId: long.TryParse(
                        Path.GetFileNameWithoutExtension(path),
                        System.Globalization.NumberStyles.None,
                        System.Globalization.CultureInfo.InvariantCulture,
                        out long id), Id: id, Path: path))
                    .Where(item => item.IsId)
                    .Select(item => (item.Id, item.Path))
                    .OrderBy(item => item.Id),
            ];
    }

    private IEnumerable<string> Find(InspectionRecord record, string kind)
    {
        string folder = Folder(record.Model, kind);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, $"{record.Id}.*") : [];
    }

    private string Folder(string model, string kind) =>
        Path.Combine(options.DataFolder, "feedback", ModelName.Check(model), kind);
}
