using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SemiDefect.Anomaly.TestSupport;

/// <summary>A NATS server of its own, with JetStream in a temporary folder.</summary>
internal sealed class NatsServer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort();
    private readonly string[] _more;
    private Process _process;

    public NatsServer(params string[] more)
    {
        _more = more;
        _process = Start();
    }

    /// <summary>The program; null if it is not installed.</summary>
    public static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .SelectMany(folder => new[] { "nats-server", "nats-server.exe" }, Path.Combine)
            .FirstOrDefault(File.Exists);

    public string Address => $"nats://127.0.0.1:{_port}";

    public void Stop()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Restart()
    {
        Stop();
        _process.Dispose();
        _process = Start();
    }

    public void Dispose()
    {
        Stop();
        _process.Dispose();
        _folder.Dispose();
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(
            Program!, ["-js", "-sd", _folder.File("js"), "-a", "127.0.0.1", "-p", $"{_port}", .. _more])
        {
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        for (int i = 0; i < 200; i++)
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, _port);
                return process;
            }
            catch (SocketException)
            {
                Thread.Sleep(50);
            }
        }

        throw new TimeoutException("The NATS server did not start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
