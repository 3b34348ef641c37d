namespace SemiDefect.Anomaly.Serialization;

/// <summary>Rewrites the header of a detector file and copies the rest. Thread-safe: nothing is kept.</summary>
internal static class DetectorFileEditor
{
    /// <summary>Writes <paramref name="output"/>, which may be <paramref name="path"/> itself.</summary>
    /// <exception cref="SemiDefectException">A file cannot be read or written; the old one is then as it
    /// was.</exception>
    public static void Change(string path, string output, Func<DetectorDocument, DetectorDocument> change)
    {
        using DetectorBundle bundle = DetectorFileReader.Read(path);

        // The old file stays mapped while it is copied, and a mapped file cannot be replaced on every system.
        DetectorFileWriter.Write(
            output, bundle with { Document = change(bundle.Document) }, beforeReplacing: bundle.Dispose);
    }
}
