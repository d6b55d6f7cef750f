using System.Collections.Concurrent;
using System.Net;
using FastVlm.TestKit;

namespace FastVlm.Silo.Tests.Failover;

/// <summary>A receiver that takes its time, so that two tries of one delivery at once would be seen.</summary>
internal sealed class TimedReceiver : IAsyncDisposable
{
    private static readonly TimeSpan AnswersAfter = TimeSpan.FromMilliseconds(50);

    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, int> _underWay = new();
    private readonly ConcurrentDictionary<string, int> _accepted = new();
    private readonly ConcurrentBag<string> _overlaps = [];
    private readonly ConcurrentDictionary<Task, bool> _answering = new();
    private readonly Task _serving;

    public TimedReceiver()
    {
        var port = WebhookReceiver.FreePort();
        Address = new Uri($"http://127.0.0.1:{port}/hook");
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Deliveries that were tried while another try of theirs was under way.</summary>
    public IReadOnlyCollection<string> Overlaps => _overlaps;

    /// <summary>How often each delivery was accepted.</summary>
    public IReadOnlyDictionary<string, int> Accepted => _accepted;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        await Task.WhenAll(_answering.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                _answering[AnswerAsync(await _listener.GetContextAsync())] = true;
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var id = context.Request.Headers["webhook-id"] ?? "";
        if (_underWay.AddOrUpdate(id, 1, (_, count) => count + 1) > 1)
        {
            _overlaps.Add(id);
        }

        await context.Request.InputStream.CopyToAsync(Stream.Null);
        await Task.Delay(AnswersAfter, TimeProvider.System);
        _accepted.AddOrUpdate(id, 1, (_, count) => count + 1);
        _underWay.AddOrUpdate(id, 0, (_, count) => count - 1);
        context.Response.StatusCode = (int)HttpStatusCode.NoContent;
        context.Response.Close();
    }
}
