namespace SemiDefect.Anomaly.Serialization;

/// <summary>Rewrites the header of a detector file and copies the rest. Stateless and thread-safe.</summary>
internal static class DetectorFileEditor
{
    /// <summary>Writes <paramref name="output"/>, which may be <paramref name="path"/> itself.</summary>
    /// <exception cref="SemiDefectException">A file cannot be read or written; the old one is then
    /// unchanged.</exception>
    public static void Change(string path, string output, Func<DetectorDocument, DetectorDocument> change)
    {
        using DetectorBundle bundle = DetectorFileReader.Read(path);

        // The old file stays mapped while it is copied, and some systems cannot replace a mapped file.
        DetectorFileWriter.Write(
            output, bundle with { Document = change(bundle.Document) }, beforeReplacing: bundle.Dispose);
    }
}
