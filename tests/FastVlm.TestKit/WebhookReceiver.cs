using System.Net;

namespace FastVlm.TestKit;

/// <summary>One request that a <see cref="WebhookReceiver"/> got.</summary>
public sealed record ReceivedRequest(string Method, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>
/// A real HTTP server on the loopback interface that answers as the test scripts it: statuses with headers, or silence.
/// The last answer repeats.
/// </summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    /// <summary>Accept the request and never answer.</summary>
    public const int Silence = 0;

    private readonly HttpListener listener = new();
    private readonly Queue<(int Status, string? RetryAfter)> answers;
    private readonly List<HttpListenerResponse> unanswered = [];
    private readonly Task serving;

    public WebhookReceiver(params (int Status, string? RetryAfter)[] script)
    {
        answers = new Queue<(int, string?)>(script.Length > 0 ? script : [(204, null)]);
        var port = FreePort();
        Address = new Uri($"http://127.0.0.1:{port}/hooks/s3cret-path?token=s3cret-token");
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address { get; }

    public Collector<ReceivedRequest> Requests { get; } = new("requests");

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                await AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        var headers = context.Request.Headers.AllKeys.ToDictionary(
            k => k!, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase);
        Requests.Add(new ReceivedRequest(context.Request.HttpMethod, headers, body.ToArray()));
        var (status, retryAfter) = answers.Count > 1 ? answers.Dequeue() : answers.Peek();
        if (status == Silence)
        {
            unanswered.Add(context.Response);
        }
        else
        {
            context.Response.StatusCode = status;
            context.Response.RedirectLocation = status is >= 300 and < 400 ? Address.AbsoluteUri : null;
            if (retryAfter is not null)
            {
                context.Response.AddHeader("Retry-After", retryAfter);
            }

            context.Response.Close();
        }
    }
}
