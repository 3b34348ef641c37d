namespace SemiDefect.Anomaly.Cli;

/// <summary>
/// Finds arguments without content, such as an unset variable of a script leaves: a path or a value of none. Stateless.
/// </summary>
internal static class EmptyArguments
{
    /// <summary>What is wrong, in one sentence; null if no argument is empty.</summary>
    public static string? Find(IReadOnlyList<string> args)
    {
        for (int i = 0; i < args.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(args[i]))
            {
                return i > 0 && args[i - 1].StartsWith('-')
                    ? $"The value of {args[i - 1]} is empty: give one, or leave {args[i - 1]} out."
                    : $"Argument {i + 1} is empty: give a path, or leave it out.";
            }

            if (args[i].StartsWith("--", StringComparison.Ordinal) && args[i].EndsWith('='))
            {
                return $"The value of {args[i][..^1]} is empty: give one, or leave {args[i][..^1]} out.";
            }
        }

        return null;
    }
}
