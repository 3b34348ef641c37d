using SemiDefect.Anomaly.TestSupport;

namespace SemiDefect.Anomaly.Fleet.Tests;

public sealed class FleetOptionsTests
{
    [Theory]
    [InlineData("nats://127.0.0.1:4222")]
    [InlineData("nats://localhost:4222")]
    [InlineData("nats://[::1]:4222")]
    [InlineData("tls://127.0.0.1:4222")]
    public void This_machine_needs_no_credentials(string address) =>
        new FleetOptions { Server = FleetOptions.ParseServer(address) }.Validate();

    [Theory]
    [InlineData("http://127.0.0.1:4222")]
    [InlineData("127.0.0.1:4222")]
    [InlineData("nats://")]
    [InlineData("nats://host/path")]
    [InlineData("")]
    public void What_is_no_address_is_refused(string address) =>
        Assert.Throws<FleetException>(() => FleetOptions.ParseServer(address));

    [Theory]
    [InlineData("nats://10.0.0.7:4222", false)]
    [InlineData("nats://10.0.0.7:4222", true)]
    [InlineData("tls://10.0.0.7:4222", false)]
    [InlineData("nats://example.org:4222", true)]
    public void Other_machines_need_TLS_and_credentials(string address, bool hasCredentials)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("user.creds");
        File.WriteAllText(file, "credentials");
        FleetException error = Assert.Throws<FleetException>(() => new FleetOptions
        {
            Server = FleetOptions.ParseServer(address),
            CredentialsFile = hasCredentials ? file : null,
        }.Validate());
        Assert.Contains("need TLS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_machine_with_both_is_accepted()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("user.creds");
        File.WriteAllText(file, "credentials");
        Uri server = FleetOptions.ParseServer("tls://10.0.0.7:4222");
        new FleetOptions { Server = server, CredentialsFile = file }.Validate();
    }

    [Fact]
    public void A_password_in_the_address_is_refused()
    {
        var options = new FleetOptions { Server = FleetOptions.ParseServer("nats://user:secret@127.0.0.1:4222") };
        FleetException error = Assert.Throws<FleetException>(options.Validate);
        Assert.Contains("credentials file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var options = new FleetOptions
        {
            Server = FleetOptions.ParseServer("nats://127.0.0.1:4222"),
            AuthorityFile = "/no/such.pem",
        };
        FleetException error = Assert.Throws<FleetException>(options.Validate);
        Assert.Contains("/no/such.pem", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_line()
    {
        var options = new FleetOptions { Server = FleetOptions.ParseServer("nats://127.0.0.1:1") };
        FleetException error = await Assert.ThrowsAsync<FleetException>(
            () => FleetStatus.ReadAsync(options, 0, CancellationToken.None));
        Assert.StartsWith("Cannot use NATS at 127.0.0.1:1: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("x*")]
    public void A_worker_needs_a_name_that_NATS_can_hold(string name) =>
        Assert.Throws<FleetException>(() => new FleetWorker(new FleetWorkerOptions
        {
            Fleet = new FleetOptions { Server = FleetOptions.ParseServer("nats://127.0.0.1:4222") },
            Name = name,
            CacheFolder = "cache",
        }));
}
