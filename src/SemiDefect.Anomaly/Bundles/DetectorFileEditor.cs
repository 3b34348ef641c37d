namespace SemiDefect.Anomaly.Bundles;

/// <summary>Rewrites the header of a detector file and copies the rest. Thread-safe: nothing is kept.</summary>
internal static class DetectorFileEditor
{
    /// <summary>Writes <paramref name="output"/>, which may be <paramref name="path"/> itself.</summary>
    /// <exception cref="SemiDefectException">A file cannot be read or written; the old one is then as it was.</exception>
    public static void Change(string path, string output, Func<DetectorDocument, DetectorDocument> change)
    {
        // The old file stays mapped while it is read, and a mapped file cannot be replaced on every system: so the new one
        // is completed beside it, and takes its place only then.
        string fullPath = Path.GetFullPath(output);
        string temporaryPath = $"{fullPath}.{Environment.ProcessId:x}-{Guid.NewGuid():N}.tmp";
        try
        {
            using (DetectorBundle bundle = DetectorFileReader.Read(path))
            {
                DetectorFileWriter.Write(temporaryPath, bundle with { Document = change(bundle.Document) });
            }

            File.Move(temporaryPath, fullPath, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot write '{output}': {error.Message} Close whatever uses it, or choose another place.", error);
        }
        finally
        {
            File.Delete(temporaryPath);
        }
    }
}
