using System.Net;
using System.Text;

namespace FastVlm.TestKit;

/// <summary>
/// A small HTTP camera on the loopback interface: serves files, and pictures as an endless multipart MJPEG stream. With a
/// user and password it asks for Basic authentication.
/// </summary>
public sealed class HttpTestServer : IAsyncDisposable
{
    private const string Boundary = "frame";

    private readonly HttpListener listener = new();
    private readonly Dictionary<string, string> files = [];
    private readonly IReadOnlyList<byte[]> pictures;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> answering = [];
    private readonly Task serving;

    /// <param name="pictures">The MJPEG stream at /stream, sent over and over, ten per second, byte for byte as they are.</param>
    /// <param name="credentials">"user:password"; null asks for none.</param>
    public HttpTestServer(IReadOnlyList<byte[]> pictures, string? credentials = null)
    {
        this.pictures = pictures;
        Port = WebhookReceiver.FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        listener.Start();
        serving = ServeAsync(credentials is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
    }

    public int Port { get; }

    public string Url(string path, string userInfo = "") => $"http://{userInfo}127.0.0.1:{Port}/{path}";

    public void AddFile(string name, string path) => files["/" + name] = path;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Close();
        await serving;
        await Task.WhenAll(answering);
        stop.Dispose();
    }

    private async Task ServeAsync(string? authorization)
    {
        while (true)
        {
            try
            {
                answering.Add(AnswerAsync(await listener.GetContextAsync(), authorization));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context, string? authorization)
    {
        try
        {
            var path = context.Request.Url!.AbsolutePath;
            if (authorization is not null && context.Request.Headers["Authorization"] != authorization)
            {
                context.Response.StatusCode = 401;
                context.Response.AddHeader("WWW-Authenticate", "Basic realm=\"test\"");
                context.Response.Close();
            }
            else if (path == "/stream")
            {
                await StreamAsync(context.Response);
            }
            else
            {
                context.Response.StatusCode = files.ContainsKey(path) ? 200 : 404;
                var body = files.TryGetValue(path, out var file) ? await File.ReadAllBytesAsync(file, stop.Token) : [];
                context.Response.ContentLength64 = body.Length;
                await context.Response.OutputStream.WriteAsync(body, stop.Token);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away, or the test is over.
            context.Response.Abort();
        }
    }

    private async Task StreamAsync(HttpListenerResponse response)
    {
        response.ContentType = $"multipart/x-mixed-replace;boundary={Boundary}";
        response.SendChunked = true;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var i = 0; ; i++)
        {
            var picture = pictures[i % pictures.Count];
            var header = $"--{Boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Length}\r\n\r\n";
            await response.OutputStream.WriteAsync(Encoding.ASCII.GetBytes(header), stop.Token);
            await response.OutputStream.WriteAsync(picture, stop.Token);
            await response.OutputStream.WriteAsync("\r\n"u8.ToArray(), stop.Token);
            await response.OutputStream.FlushAsync(stop.Token);
            await timer.WaitForNextTickAsync(stop.Token);
        }
    }
}
