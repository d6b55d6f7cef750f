using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using FastVlm.TestKit;

namespace FastVlm.Web.Tests;

/// <summary>A connection to the hub that shows its messages in the order in which they come over the wire.</summary>
internal sealed class HubSocket : IDisposable
{
    private const char End = '\u001e';

    private readonly ClientWebSocket socket = new();
    private readonly Queue<JsonNode> messages = new();
    private readonly List<byte> rest = [];

    public static async Task<HubSocket> ConnectAsync(Uri address)
    {
        var hub = new HubSocket();
        await hub.socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/hubs/live" }.Uri, CancellationToken.None)
            .Within("a connection to the hub");
        await hub.SendAsync("""{"protocol":"json","version":1}""");
        await hub.ReadAsync(message => message.AsObject().Count == 0);
        return hub;
    }

    public Task SendAsync(string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The next message that satisfies the condition; those before it are gone.</summary>
    public async Task<JsonNode> ReadAsync(Func<JsonNode, bool> condition)
    {
        while (true)
        {
            while (messages.TryDequeue(out var message))
            {
                if (condition(message))
                {
                    return message;
                }
            }

            await ReceiveAsync();
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).Within("a message of the hub");
        foreach (var value in buffer.AsSpan(0, received.Count))
        {
            if (value == End)
            {
                messages.Enqueue(JsonNode.Parse(rest.ToArray())!);
                rest.Clear();
            }
            else
            {
                rest.Add(value);
            }
        }
    }
}
