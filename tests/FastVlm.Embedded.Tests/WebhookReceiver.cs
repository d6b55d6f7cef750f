using System.Text.Json;
using FastVlm.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Tests;

/// <summary>Takes webhook messages on loopback; the first answers can be refusals.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _refusals;

    private WebhookReceiver(WebApplication application, int refusals)
    {
        _application = application;
        _refusals = refusals;
        application.Run(AnswerAsync);
    }

    public Collector<WebhookMessage> Messages { get; } = new("webhook messages");

    public string Address => $"{_application.Urls.First()}/alerts";

    /// <param name="refusals">So many messages are answered with 503 first.</param>
    public static async Task<WebhookReceiver> StartAsync(int refusals = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build(), refusals);
        await receiver._application.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Interlocked.Decrement(ref _refusals) >= 0)
        {
            context.Response.StatusCode = 503;
            return;
        }

        Messages.Add(new WebhookMessage(
            context.Request.Headers["webhook-id"].Single()!,
            context.Request.Headers["webhook-timestamp"].Single()!,
            context.Request.Headers["webhook-signature"].FirstOrDefault(),
            body.ToArray()));
    }
}

internal sealed record WebhookMessage(string Id, string Timestamp, string? Signature, byte[] Body)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);
}
