using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastVlm.Web.Tests;

/// <summary>The web part on a real server on a loopback port, over fakes.</summary>
internal sealed class WebFixture : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebFixture(WebApplication app, ConfigurationDesk desk)
    {
        this.app = app;
        Desk = desk;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public ConfigurationDesk Desk { get; }

    public IReadOnlyList<Endpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public required PlatformPorts Ports { get; init; }

    public required MemoryConfigurationStore Store { get; init; }

    public required FakeCameras Cameras { get; init; }

    public required MemoryHistory History { get; init; }

    public required FakeWebhooks Webhooks { get; init; }

    public required LiveFeed Live { get; init; }

    public required HealthBoard Health { get; init; }

    public required ManualTimeProvider Clock { get; init; }

    public required CollectingLogger Log { get; init; }

    public static async Task<WebFixture> StartAsync(Func<WebOptions, WebOptions>? change = null)
    {
        var (store, cameras, history) = (new MemoryConfigurationStore(), new FakeCameras(), new MemoryHistory());
        var (clock, log, health) = (new ManualTimeProvider(), new CollectingLogger(), new HealthBoard());
        var webhooks = new FakeWebhooks(history);
        var backTests = new BackTests(history, clock, log);
        var desk = await ConfigurationDesk.OpenAsync(store, clock, new DestinationPolicy { AllowLoopback = true }, CancellationToken.None);
        var live = new LiveFeed(clock);
        var options = new WebOptions { Version = "1.2.3", DashboardFolder = "/nowhere" };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().AddProvider(new CollectingProvider(log)).SetMinimumLevel(LogLevel.Trace);
        var ports = new PlatformPorts
        {
            Configuration = desk,
            Cameras = cameras,
            CameraTester = cameras,
            LiveVideo = cameras,
            Captions = history,
            Incidents = history,
            IncidentDesk = history,
            Outbox = history,
            Webhooks = webhooks,
            BackTests = backTests,
            Models = new FakeModels(),
            Nodes = new FakeNodes(),
            Live = live,
            Health = health,
            TimeProvider = clock,
        };
        builder.Services.AddFastVlmWeb(change?.Invoke(options) ?? options, ports);
        var app = builder.Build().MapFastVlm();
        await app.StartAsync();
        return new WebFixture(app, desk)
        {
            Ports = ports, Store = store, Cameras = cameras, History = history,
            Webhooks = webhooks, Live = live, Health = health, Clock = clock, Log = log,
        };
    }

    /// <summary>Sends JSON and reads the answer's status and JSON; null where it is empty.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var response = await SendRawAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public Task<HttpResponseMessage> SendRawAsync(HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = body is string text
                ? new StringContent(text, null, "application/json")
                : JsonContent.Create(body, options: JsonSerializerOptions.Web);
        }

        return Client.SendAsync(request).Within($"an answer to {method} {path}");
    }

    public Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(string path, object? body = null) =>
        SendAsync(HttpMethod.Post, path, body);

    /// <summary>Adds a camera and gives its id.</summary>
    public async Task<string> AddCameraAsync(string name, string url = "rtsp://10.0.0.5/stream")
    {
        var (status, body) = await PostAsync("/api/cameras", new { name, url });
        Assert.Equal(HttpStatusCode.Created, status);
        return body!["id"]!.GetValue<string>();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        Desk.Dispose();
    }

    private sealed class CollectingProvider(CollectingLogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose() => _ = log;
    }
}
