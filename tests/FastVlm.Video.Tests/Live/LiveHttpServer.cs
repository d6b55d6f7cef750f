using System.Net;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.TestKit;

namespace FastVlm.Video.Tests.Live;

/// <summary>Serves one camera's live video over HTTP on the loopback interface, as the platform's API does.</summary>
internal sealed class LiveHttpServer : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> answering = [];
    private readonly Task serving;

    public LiveHttpServer(ILiveVideo live, CameraId camera)
    {
        var port = WebhookReceiver.FreePort();
        Url = $"http://127.0.0.1:{port}/index.m3u8";
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        serving = ServeAsync(live, camera);
    }

    public string Url { get; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Close();
        await serving;
        await Task.WhenAll(answering);
        stop.Dispose();
    }

    private async Task ServeAsync(ILiveVideo live, CameraId camera)
    {
        while (true)
        {
            try
            {
                answering.Add(AnswerAsync(await listener.GetContextAsync(), live, camera));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context, ILiveVideo live, CameraId camera)
    {
        try
        {
            var file = await live.ReadAsync(camera, context.Request.Url!.AbsolutePath[1..], stop.Token);
            context.Response.StatusCode = file is null ? 404 : 200;
            context.Response.ContentType = file?.ContentType;
            await context.Response.OutputStream.WriteAsync(file?.Content ?? default, stop.Token);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            context.Response.Abort();
        }
    }
}
