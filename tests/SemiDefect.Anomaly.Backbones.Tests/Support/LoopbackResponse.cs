using System.Globalization;

namespace SemiDefect.Anomaly.Backbones.Tests.Support;

/// <summary>
/// A response of <see cref="LoopbackServer"/>; a body shorter than its length header simulates an interrupted
/// connection.
/// </summary>
internal sealed record LoopbackResponse(
    int Status,
    ReadOnlyMemory<byte> Body,
    bool IsWhole,
    params (string Name, string Value)[] Headers)
{
    public static LoopbackResponse Error(int status) => new(status, default, true, ("Content-Length", "0"));

    public static LoopbackResponse Redirect(string location) =>
        new(302, default, true, ("Content-Length", "0"), ("Location", location));

    /// <summary>
    /// The file from the requested offset on, at most <paramref name="most"/> bytes before the connection is closed.
    /// </summary>
    public static LoopbackResponse File(
        byte[] file,
        LoopbackRequest request,
        int most = int.MaxValue,
        params (string Name, string Value)[] headers)
    {
        int start = (int)(request.RangeStart ?? 0);
        if (start >= file.Length && start > 0)
        {
            return new LoopbackResponse(
                416,
                default,
                true,
                ("Content-Length", "0"),
                ("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Length}")));
        }

        int length = file.Length - start;
        string range = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{file.Length - 1}/{file.Length}");
        (string, string)[] all =
        [
            ("Content-Length", length.ToString(CultureInfo.InvariantCulture)),
            .. request.RangeStart is null ? [] : ((string, string)[])[("Content-Range", range)],
            .. headers,
        ];
        return new LoopbackResponse(
            request.RangeStart is null ? 200 : 206, file.AsMemory(start, Math.Min(most, length)), most >= length, all);
    }
}
