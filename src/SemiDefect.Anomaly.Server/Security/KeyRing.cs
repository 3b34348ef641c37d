using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace SemiDefect.Anomaly.Server.Security;

/// <summary>The API keys of the server. Thread-safe.</summary>
internal sealed class KeyRing
{
    public const string Header = "X-Api-Key";

    private const string Bearer = "Bearer ";

    private readonly (byte[] Hash, Caller Caller)[] _keys;

    public KeyRing(ServerOptions options)
    {
        IEnumerable<AccessKey> keys = options.ApiKey is { } key
            ? options.Keys.Append(new AccessKey("key", AccessRole.Engineer, key))
            : options.Keys;
        _keys = [.. keys.Select(one => (Hash(one.Key), new Caller(one.Name, one.Role)))];
    }

    public bool IsRequired => _keys.Length > 0;

    /// <summary>
    /// The caller whose key a request carries, as X-Api-Key or as a bearer token; null for a wrong key or none. The
    /// comparison takes constant time.
    /// </summary>
    public Caller? Find(HttpRequest request)
    {
        if (!IsRequired)
        {
            return Caller.Local;
        }

        // Hashes have a fixed length, so timing does not reveal the length of a key either.
        byte[] given = Hash(Given(request));
        Caller? caller = null;
        foreach ((byte[] hash, Caller owner) in _keys)
        {
            caller = CryptographicOperations.FixedTimeEquals(given, hash) ? owner : caller;
        }

        return caller;
    }

    /// <summary>The key that a request carries; empty for none.</summary>
    public static string Given(HttpRequest request)
    {
        string given = request.Headers[Header].ToString();
        string authorization = request.Headers.Authorization.ToString();
        return given.Length == 0 && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : given;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
