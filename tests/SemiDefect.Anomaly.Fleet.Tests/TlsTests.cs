using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Fleet.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NatsFact]
    public async Task A_server_with_TLS_is_used_if_its_certificate_is_trusted()
    {
        (string certificate, string key) = WriteCertificate("server");
        (string other, _) = WriteCertificate("other");
        using var server = new NatsServer("--tls", "--tlscert", certificate, "--tlskey", key);
        var options = new FleetOptions
        {
            Server = FleetOptions.ParseServer(server.Address.Replace("nats://", "tls://", StringComparison.Ordinal)),
            AuthorityFile = certificate,
        };
        FleetStatus status = await FleetStatus.ReadAsync(options, 0, CancellationToken.None);
        Assert.Empty(status.Workers);
        foreach (string? authority in new[] { null, other })
        {
            FleetException error = await Assert.ThrowsAsync<FleetException>(() => FleetStatus.ReadAsync(
                options with { AuthorityFile = authority }, 0, CancellationToken.None));
            Assert.StartsWith("Cannot use NATS at ", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [NatsFact]
    public async Task A_server_without_TLS_is_refused_if_TLS_was_asked_for()
    {
        using var server = new NatsServer();
        var options = new FleetOptions
        {
            Server = FleetOptions.ParseServer(server.Address.Replace("nats://", "tls://", StringComparison.Ordinal)),
        };
        await Assert.ThrowsAsync<FleetException>(() => FleetStatus.ReadAsync(options, 0, CancellationToken.None));
    }

    private (string Certificate, string Key) WriteCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        string certificateFile = _folder.File($"{name}.pem");
        string keyFile = _folder.File($"{name}.key");
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }
}
