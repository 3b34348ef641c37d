using System.Runtime.InteropServices;
using System.Text;

namespace SemiDefect.Anomaly.Native;

/// <summary>The last error of a thread, as UTF-8 in memory that the caller may read until its next call.</summary>
internal sealed unsafe class LastError
{
    [ThreadStatic]
    private static LastError? _current;

    private byte* _text;

    // Ends with the thread.
    ~LastError() => NativeMemory.Free(_text);

    /// <summary>The text of this thread; the empty text if no call has failed.</summary>
    public static byte* Text => Current._text;

    private static LastError Current => _current ??= new LastError();

    /// <summary>Replaces the text of this thread.</summary>
    public static void Set(string message)
    {
        LastError error = Current;
        byte* old = error._text;
        error._text = Copy(message.ReplaceLineEndings(" "));
        NativeMemory.Free(old);
    }

    /// <summary>A copy of a text that nothing frees.</summary>
    public static byte* Copy(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* copy = (byte*)NativeMemory.Alloc((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
        copy[length] = 0;
        return copy;
    }

    private LastError() => _text = Copy(string.Empty);
}
