using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>The API key. Thread-safe.</summary>
internal sealed class ApiKey
{
    public const int MinLength = 16;
    public const string Header = "X-Api-Key";

    private const string Bearer = "Bearer ";
    private const int LargestFile = 4096;

    private readonly byte[]? _hash;

    public ApiKey(string? key) => _hash = key is null ? null : Hash(key);

    public bool IsRequired => _hash is not null;

    /// <summary>Reads a key file; surrounding white space is ignored.</summary>
    /// <exception cref="SemiDefectException">The file cannot be read, or contains no valid key.</exception>
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
            : throw new SemiDefectException(
                $"'{path}' must hold one key of {MinLength} printable ASCII characters or more, without spaces.");
    }

    /// <summary>
    /// Whether a request carries the key, as X-Api-Key or as a bearer token. The comparison takes constant time.
    /// </summary>
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

        // Hashes have a fixed length, so timing does not reveal the length of the key either.
        return CryptographicOperations.FixedTimeEquals(Hash(given), _hash);
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
