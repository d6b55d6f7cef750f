using System.Net.Sockets;
using FastVlm.Pipeline;
using FastVlm.Web.Endpoints;
using FastVlm.Web.Metrics;
using FastVlm.Web.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;

namespace FastVlm.Web;

/// <summary>How the web server of a process is set up.</summary>
public sealed record PlatformServerOptions
{
    /// <summary>As ASP.NET Core writes them; port 0 takes a free one.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Why the process should get no requests now, one sentence; null where it should.</summary>
    public Func<string?> NotReady { get; init; } = () => null;

    /// <summary>The figures under <c>/metrics</c>; null where there are none.</summary>
    public NodeMetrics? Metrics { get; init; }

    /// <summary>Opens <c>/metrics</c> to other machines where probes alone are served; beside the API, the API's token does.</summary>
    public string? MetricsToken { get; init; }

    /// <summary>Time that requests may take to end when the server stops.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The web server of a process: API, hub, dashboard and probes, or probes alone.</summary>
public sealed class PlatformServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private PlatformServer(WebApplication app)
    {
        this.app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Addresses = [.. addresses.Addresses.Select(address => new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)))];
    }

    /// <summary>As bound; port 0 has become the real one.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    /// <summary>Serves everything.</summary>
    /// <exception cref="FailureException">Usage: an address is taken, or is none of this machine's.</exception>
    public static Task<PlatformServer> StartAsync(
        PlatformServerOptions options, WebOptions web, PlatformPorts ports, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = NewBuilder(options, logger);
        builder.Services.AddFastVlmWeb(web, ports);
        var app = builder.Build();
        MapOperations(app, options, app.Services.GetRequiredService<AccessTokens>());
        return StartAsync(app.MapFastVlm(), options, cancellationToken);
    }

    /// <summary>Serves only what supervisors ask: whether the process lives and is ready, and its figures.</summary>
    /// <exception cref="FailureException">Usage: an address is taken, or is none of this machine's.</exception>
    public static Task<PlatformServer> StartProbesAsync(PlatformServerOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var app = NewBuilder(options, logger).Build();
        var token = new WebOptions { Version = "", AccessToken = options.MetricsToken };
        MapOperations(app, options, new AccessTokens(token, TimeProvider.System));
        return StartAsync(app, options, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    private static void MapOperations(WebApplication app, PlatformServerOptions options, AccessTokens tokens)
    {
        ProbeEndpoints.Map(app, options.NotReady);
        if (options.Metrics is { } metrics)
        {
            MetricsEndpoint.Map(app, metrics, tokens);
        }
    }

    private static WebApplicationBuilder NewBuilder(PlatformServerOptions options, ILogger logger)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls([.. options.Urls]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new OneLogger(logger));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopWithin);

        // Signals are the host's; the server is stopped by it.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        return builder;
    }

    private static async Task<PlatformServer> StartAsync(
        WebApplication app, PlatformServerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
            return new PlatformServer(app);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            await app.DisposeAsync();
            throw new FailureException(
                FailureKind.Usage,
                $"Cannot listen on {string.Join(", ", options.Urls)}: {e.Message.TrimEnd('.')}; "
                + "stop what listens there, or give other --urls.",
                e);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class OneLogger(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
