using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace FastVlm.TestKit.Rtsp;

/// <summary>How the server checks who asks.</summary>
public enum RtspAuthentication
{
    None,
    Basic,
    Digest,
}

/// <summary>What an <see cref="RtspTestServer"/> serves.</summary>
public sealed record RtspTestServerOptions
{
    /// <summary>Annex B file of H.264 (".h264") or H.265 (".hevc"), looped for ever; null serves sound only.</summary>
    public string? VideoPath { get; init; }

    public int FramesPerSecond { get; init; } = 10;

    public RtspAuthentication Authentication { get; init; }

    public string User { get; init; } = "operator";

    public string Password { get; init; } = "s3cret@gate";

    /// <summary>With a certificate the server speaks RTSPS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Where it listens.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>False where it runs for long: nobody reads <see cref="RtspTestServer.Requests"/>.</summary>
    public bool KeepsRequests { get; init; } = true;

    /// <summary>False answers 461 to clients that ask for TCP, as some cameras do.</summary>
    public bool OffersTcp { get; init; } = true;
}

/// <summary>
/// A small RTSP/1.0 camera, for tests: every client gets the file from its beginning at the
/// file's pace, over TCP or UDP. It can be stopped and restarted on the same port, frozen (connections stay, nothing is
/// sent, nothing is answered), and it can damage packets. Our own implementation; tests/interop has an independent one.
/// </summary>
public sealed class RtspTestServer : IAsyncDisposable
{
    private readonly RtspTestServerOptions options;
    private readonly AnnexB? video;
    private readonly ConcurrentDictionary<RtspConnection, Task> connections = new();
    private TaskCompletionSource thawed = Done();
    private TcpListener? listener;
    private Task accepting = Task.CompletedTask;

    private RtspTestServer(RtspTestServerOptions options)
    {
        this.options = options;
        video = options.VideoPath is { } path ? AnnexB.Read(path, isHevc: path.EndsWith(".hevc", StringComparison.Ordinal)) : null;
    }

    /// <summary>Requests as they come, e.g. "DESCRIBE 200".</summary>
    public Collector<string> Requests { get; } = new("RTSP requests");

    public int Port { get; private set; }

    /// <summary>Share of the packets, 0 to 1, whose bytes are damaged before they are sent.</summary>
    public double DamageShare { get; set; }

    /// <summary>Without user and password.</summary>
    public string Url => $"{(options.Certificate is null ? "rtsp" : "rtsps")}://127.0.0.1:{Port}/cam";

    /// <summary>With the right user and password, percent-encoded.</summary>
    public string UrlWithPassword => UrlWith(options.User, options.Password);

    internal RtspTestServerOptions Options => options;

    internal AnnexB? Video => video;

    public static RtspTestServer Start(RtspTestServerOptions options)
    {
        var server = new RtspTestServer(options);
        server.Listen(options.Port);
        return server;
    }

    public string UrlWith(string user, string password) =>
        Url.Replace("://", $"://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}@", StringComparison.Ordinal);

    /// <summary>As a camera that loses power: connections are cut, the port refuses.</summary>
    public async Task StopAsync()
    {
        listener?.Dispose();
        listener = null;
        await accepting;
        foreach (var (connection, served) in connections)
        {
            connection.Dispose();
            await served;
        }
    }

    /// <summary>Comes back on the same port.</summary>
    public void Restart() => Listen(Port);

    /// <summary>As a camera that hangs: the connections stay open and silent, new ones are accepted and not answered.</summary>
    public void Freeze() => thawed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unfreeze() => thawed.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Unfreeze();
        await StopAsync();
    }

    /// <summary>Done while the server is not frozen.</summary>
    internal Task Thawed => thawed.Task;

    private void Listen(int port)
    {
        listener = new TcpListener(options.Address, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync(listener);
    }

    private async Task AcceptAsync(TcpListener accepting)
    {
        while (true)
        {
            try
            {
                var connection = new RtspConnection(this, await accepting.AcceptTcpClientAsync());
                connections[connection] = ServeAsync(connection);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(RtspConnection connection)
    {
        await connection.ServeAsync();
        connections.TryRemove(connection, out _);
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
