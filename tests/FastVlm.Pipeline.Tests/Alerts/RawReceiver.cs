using System.Net;
using System.Net.Sockets;
using System.Text;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>Answers every connection as a test says, well-formed or not, and then closes it.</summary>
internal sealed class RawReceiver : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<NetworkStream, CancellationToken, Task> answer;
    private readonly Task serving;

    public RawReceiver(Func<NetworkStream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>What came, as far as it came at once.</summary>
    public Collector<string> Requests { get; } = new("requests");

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public static RawReceiver Saying(string text) =>
        new((stream, cancellationToken) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask());

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            try
            {
                await using var stream = client.GetStream();
                var request = new byte[8192];
                var length = await stream.ReadAtLeastAsync(request, 1, throwOnEndOfStream: false, stop.Token);
                Requests.Add(Encoding.UTF8.GetString(request, 0, length));
                await answer(stream, stop.Token);
            }
            catch (IOException)
            {
                // The sender had enough.
                continue;
            }
        }
    }
}
