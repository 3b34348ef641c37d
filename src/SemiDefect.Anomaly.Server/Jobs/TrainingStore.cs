using SemiDefect.Anomaly.Imaging;
using SemiDefect.Anomaly.IO;
using SemiDefect.Anomaly.Server.Api;
using SemiDefect.Anomaly.Server.Models;

namespace SemiDefect.Anomaly.Server.Jobs;

/// <summary>The training images of each model, in DATA/training/MODEL. Thread-safe.</summary>
internal sealed class TrainingStore(ServerOptions options, TimeProvider clock)
{
    /// <summary>The folder of a model's training images; it may not exist.</summary>
    public string Folder(string model) => Path.Combine(options.DataFolder, "training", ModelName.Check(model));

    /// <summary>The names of the images, in ordinal order, and their total size in bytes.</summary>
    public (IReadOnlyList<string> Names, long Bytes) List(string model)
    {
        IReadOnlyList<FileInfo> files = Files(model);
        return ([.. files.Select(file => file.Name)], files.Sum(file => file.Length));
    }

    /// <summary>The files of the images, in ordinal order of their names.</summary>
    public IReadOnlyList<FileInfo> Files(string model)
    {
        var folder = new DirectoryInfo(Folder(model));
        return folder.Exists
            ?
            [
                .. folder.EnumerateFiles()
                    .Where(file => ImageFile.HasImageExtension(file.Name))
                    .OrderBy(file => file.Name, StringComparer.Ordinal),
            ]
            : [];
    }

    /// <summary>
    /// The path of a training image; null if there is none. The name may be a relative path, as in a detector file.
    /// </summary>
    public string? Find(string model, string name)
    {
        string folder = Path.GetFullPath(Folder(model));
        string path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(
            folder + Path.DirectorySeparatorChar,
            StringComparison.Ordinal) && ImageFile.HasImageExtension(
            path) && File.Exists(
            path)
            ? path
            : null;
    }

    /// <summary>The content of an image; null if there is none.</summary>
    public byte[]? Read(string model, string name)
    {
        string path = Path.Combine(Folder(model), CheckImageName(name));
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <summary>Adds or replaces an image.</summary>
    public void Put(string model, string name, byte[] bytes)
    {
        string path = Path.Combine(Folder(model), CheckImageName(name));
        RequireRoom(model, bytes.Length - (File.Exists(path) ? new FileInfo(path).Length : 0));
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Deletes an image so that it can be brought back for a day.</summary>
    /// <exception cref="ProblemException">There is no such image.</exception>
    public void Delete(string model, string name)
    {
        string path = Path.Combine(Folder(model), CheckImageName(name));
        if (!File.Exists(path))
        {
            throw ProblemException.NotFound($"The model '{model}' has no training image '{name}'.");
        }

        string removed = RemovedPath(model, name);
        Directory.CreateDirectory(Path.GetDirectoryName(removed)!);
        File.Move(path, removed, overwrite: true);
        File.SetLastWriteTimeUtc(removed, clock.GetUtcNow().UtcDateTime);
    }

    /// <summary>Brings back a deleted image, and returns its content.</summary>
    /// <exception cref="ProblemException">
    /// It was not deleted within the last day, or there is another one of its name.
    /// </exception>
    public byte[] Return(string model, string name)
    {
        string path = Path.Combine(Folder(model), CheckImageName(name));
        string removed = RemovedPath(model, name);
        if (!File.Exists(removed))
        {
            throw ProblemException.NotFound(
                $"No training image '{name}' of the model '{model}' was deleted within the last day.");
        }

        if (File.Exists(path))
        {
            throw new ProblemException(
                409,
                "exists",
                $"There is a new training image '{name}' of the model '{model}': delete it first.");
        }

        byte[] bytes = File.ReadAllBytes(removed);
        RequireRoom(model, bytes.Length);
        Directory.CreateDirectory(Folder(model));
        File.Move(removed, path);
        return bytes;
    }

    /// <summary>Deletes for good what was deleted before a time.</summary>
    public void PurgeRemoved(DateTimeOffset before)
    {
        var folder = new DirectoryInfo(RemovedFolder);
        if (!folder.Exists)
        {
            return;
        }

        foreach (FileInfo file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.LastWriteTimeUtc < before.UtcDateTime)
            {
                file.Delete();
            }
        }
    }

    /// <summary>Moves all training images of a model to another folder; without images, it is not created.</summary>
    public void MoveAll(string model, string target)
    {
        if (Directory.Exists(Folder(model)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Directory.Move(Folder(model), target);
        }
    }

    /// <summary>Moves training images back, if there are any.</summary>
    public void MoveBack(string model, string source)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Folder(model))!);
        if (Directory.Exists(Folder(model)))
        {
            // Without images: the caller has checked that.
            Directory.Delete(Folder(model), recursive: true);
        }

        Directory.Move(source, Folder(model));
    }

    /// <summary>Whether there is such a training image.</summary>
    public bool Has(string model, string name) => File.Exists(Path.Combine(Folder(model), CheckImageName(name)));

    private string RemovedFolder => Path.Combine(options.DataFolder, "removed");

    private string RemovedPath(string model, string name) =>
        Path.Combine(RemovedFolder, ModelName.Check(model), CheckImageName(name));

    private void RequireRoom(string model, long more)
    {
        if (List(model).Bytes + more > options.TrainingBytes)
        {
            throw new ProblemException(
                413,
                "too-large",
                $"The training images of a model may have {options.TrainingBytes} bytes together.");
        }
    }

    private static string CheckImageName(string name) => ImageFile.HasImageExtension(ModelName.Check(name))
        ? name
        : throw ProblemException.Invalid(
            $"The name of a training image must end in one of {string.Join(' ', ImageFile.Extensions)}.");
}
