using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Live;

namespace FastVlm.Benchmarks.Load;

/// <summary>
/// A browser as the platform sees it: a WebSocket on the hub, watching every camera. Speaks just enough of SignalR's JSON
/// protocol.
/// </summary>
internal sealed class HubClient(bool text)
{
    // Ends each message of the protocol.
    private const byte RecordSeparator = 0x1e;

    // The hub closes a connection that says nothing for 30 s.
    private static readonly TimeSpan PingPeriod = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    private long _bytes;
    private long _messages;
    private int _losses;

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>How often the connection was lost; it is made again, as browsers do.</summary>
    public int Losses => _losses;

    /// <summary>Watches until cancelled.</summary>
    /// <param name="platform">Its address.</param>
    /// <param name="onEvents">Gets what comes; null only counts it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Uri platform, Action<LiveBatch>? onEvents, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await WatchAsync(platform, onEvents, cancellationToken);
            }
            catch (WebSocketException)
            {
                Interlocked.Increment(ref _losses);
                await Task.Delay(ReconnectAfter, TimeProvider.System, cancellationToken);
            }
        }
    }

    private async Task WatchAsync(Uri platform, Action<LiveBatch>? onEvents, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(platform) { Scheme = "ws", Path = "/hubs/live" }.Uri, cancellationToken);
        await SendAsync(socket, """{"protocol":"json","version":1}""", cancellationToken);
        var watch = new { type = 1, invocationId = "1", target = "watch", arguments = new[] { new { cameras = new[] { "*" }, text } } };
        await SendAsync(socket, JsonSerializer.Serialize(watch), cancellationToken);
        var buffer = new byte[64 * 1024];
        using var unread = new MemoryStream();
        var pinged = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(pinged) > PingPeriod)
            {
                pinged = System.Diagnostics.Stopwatch.GetTimestamp();
                await SendAsync(socket, """{"type":6}""", cancellationToken);
            }

            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new IOException($"The hub closed a connection: {socket.CloseStatusDescription}");
            }

            Interlocked.Add(ref _bytes, received.Count);
            Split(buffer.AsSpan(0, received.Count), unread, onEvents);
        }
    }

    private static async Task SendAsync(ClientWebSocket socket, string message, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(message + (char)RecordSeparator);
        await socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
    }

    private void Split(ReadOnlySpan<byte> received, MemoryStream unread, Action<LiveBatch>? onEvents)
    {
        int end;
        while ((end = received.IndexOf(RecordSeparator)) >= 0)
        {
            Interlocked.Increment(ref _messages);
            unread.Write(received[..end]);
            received = received[(end + 1)..];
            if (onEvents is not null) Read(unread.GetBuffer().AsMemory(0, (int)unread.Length), onEvents);
            unread.SetLength(0);
        }

        unread.Write(received);
    }

    private static void Read(ReadOnlyMemory<byte> message, Action<LiveBatch> onEvents)
    {
        using var json = JsonDocument.Parse(message);
        if (json.RootElement.TryGetProperty("error", out var error)) throw new IOException($"The hub refused: {error}");
        if (!json.RootElement.TryGetProperty("target", out var target)) return;
        // Names of methods differ in case between the two sides; clients do not mind.
        if (!"events".Equals(target.GetString(), StringComparison.OrdinalIgnoreCase)) return;
        onEvents(json.RootElement.GetProperty("arguments")[0].Deserialize<LiveBatch>(PlatformJson.Options)!);
    }
}
