using SemiDefect.Anomaly.IO;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>An API key. Immutable and thread-safe.</summary>
public sealed record AccessKey
{
    /// <summary>The fewest characters of a key.</summary>
    public const int MinLength = 16;

    private const int LargestFile = 65536;
    private const int LongestName = 40;

    private static readonly Dictionary<string, AccessRole> Roles = new(StringComparer.Ordinal)
    {
        ["view"] = AccessRole.View,
        ["operate"] = AccessRole.Operate,
        ["engineer"] = AccessRole.Engineer,
    };

    /// <summary>Makes a key.</summary>
    /// <param name="name">Who uses it, as the audit names the actor: 1 to 40 letters, digits, '-', '_' and '.'.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="key">The key: 16 printable ASCII characters or more, without spaces.</param>
    /// <exception cref="SemiDefectException">The name or the key is invalid.</exception>
    public AccessKey(string name, AccessRole role, string key)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(key);
        if (name.Length is 0 or > LongestName || !name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new SemiDefectException(
                $"'{name}' cannot name an API key: use 1 to {LongestName} letters, digits, '-', '_' and '.'.");
        }

        if (key.Length < MinLength || !key.All(c => c is > ' ' and < (char)127))
        {
            throw new SemiDefectException(
                $"The API key '{name}' must have {MinLength} printable ASCII characters or more, without spaces.");
        }

        Name = name;
        Role = role;
        Key = key;
    }

    /// <summary>Who uses it.</summary>
    public string Name { get; }

    /// <summary>What it may do.</summary>
    public AccessRole Role { get; }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The name of a role in files and in the API.</summary>
    internal static string RoleName(AccessRole role) => Roles.First(pair => pair.Value == role).Key;

    /// <summary>
    /// Reads a key file: one key alone, which gives every right; or a line for each key, with its role, name and key.
    /// </summary>
    /// <exception cref="SemiDefectException">The file cannot be read, or a line is invalid.</exception>
    internal static IReadOnlyList<AccessKey> ReadFile(string path)
    {
        string[] lines;
        try
        {
            RegularFile.Require(path);
            lines = new FileInfo(path).Length <= LargestFile
                ? File.ReadAllLines(path)
                : throw new SemiDefectException(
                    $"'{path}' is too large for a key file: write the keys alone into it.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read the key file '{path}': {error.Message}", error);
        }

        string[][] entries =
        [
            .. lines.Select(line => line.Trim())
                .Where(line => line.Length > 0 && !line.StartsWith('#'))
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
        ];
        if (entries is [[string single]])
        {
            return [Make(path, "key", AccessRole.Engineer, single)];
        }

        return entries.Length == 0
            ? throw new SemiDefectException($"'{path}' holds no key.")
            :
            [
                .. entries.Select(fields => fields.Length == 3 && Roles.TryGetValue(fields[0], out AccessRole role)
                    ? Make(path, fields[1], role, fields[2])
                    : throw new SemiDefectException(
                        $"'{path}' must hold one key alone, or lines of a role ({string.Join(", ", Roles.Keys)}), a "
                            + "name and a key, with spaces between them.")),
            ];
    }

    // The key is not shown: logs and terminals are read by others.
    private bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(System.Globalization.CultureInfo.InvariantCulture, $"Name = {Name}, Role = {Role}");
        return true;
    }

    private static AccessKey Make(string path, string name, AccessRole role, string key)
    {
        try
        {
            return new AccessKey(name, role, key);
        }
        catch (SemiDefectException error)
        {
            throw new SemiDefectException($"'{path}': {error.Message}", error);
        }
    }
}
