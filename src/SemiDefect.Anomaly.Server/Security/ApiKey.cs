using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>The key that calls must carry. Thread-safe.</summary>
internal sealed class ApiKey
{
    public const int MinLength = 16;
    public const string Header = "X-Api-Key";

    private const string Bearer = "Bearer ";
    private const int LargestFile = 4096;

    private readonly byte[]? _hash;

    public ApiKey(string? key) => _hash = key is null ? null : Hash(key);

    public bool IsRequired => _hash is not null;

    /// <summary>Reads a key file: its text without the space around it.</summary>
    /// <exception cref="SemiDefectException">It cannot be read, or holds no fit key.</exception>
    public static string ReadFile(string path)
    {
        string key;
        try
        {
            key = new FileInfo(path).Length <= LargestFile
                ? File.ReadAllText(path).Trim()
                : throw new SemiDefectException($"'{path}' is too large for a key file: write the key alone into it.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SemiDefectException($"Cannot read the key file '{path}': {error.Message}", error);
        }

        return key.Length >= MinLength && key.All(c => c is > ' ' and < (char)127)
            ? key
            : throw new SemiDefectException($"'{path}' must hold one key of {MinLength} printable ASCII characters or more, without spaces.");
    }

    /// <summary>Whether a request carries the key, as X-Api-Key or as a bearer token. Takes as long for any wrong key.</summary>
    public bool Accepts(HttpRequest request)
    {
        if (_hash is null)
        {
            return true;
        }

        string given = request.Headers[Header].ToString();
        string authorization = request.Headers.Authorization.ToString();
        if (given.Length == 0 && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            given = authorization[Bearer.Length..].Trim();
        }

        // Hashes have one length, so that not even the key's length can be measured.
        return CryptographicOperations.FixedTimeEquals(Hash(given), _hash);
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
