namespace SemiDefect.Anomaly.Server.Tests.Support;

/// <summary>One server for all tests of a class that leave it as it was.</summary>
public sealed class UnchangedServer : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await TestServer.StartAsync();

    public Task DisposeAsync() => Server.DisposeAsync().AsTask();
}
