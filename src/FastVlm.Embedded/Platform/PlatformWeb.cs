using System.Net.Sockets;
using FastVlm.Pipeline;
using FastVlm.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Platform;

/// <summary>The web server of the process.</summary>
internal sealed class PlatformWeb : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PlatformWeb(WebApplication app)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Addresses = [.. addresses.Addresses.Select(address => new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)))];
    }

    /// <summary>As bound; port 0 has become the real one.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    /// <exception cref="FailureException">Usage: an address is taken, or is none of this machine's.</exception>
    public static async Task<PlatformWeb> StartAsync(
        PlatformOptions options, PlatformPorts ports, ILogger logger, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls([.. options.Urls]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new OneLogger(logger));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = PlatformLimits.StopWithin);
        // Signals are the command's; the server is stopped by it.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddFastVlmWeb(
            new WebOptions
            {
                Version = CommandEnvironment.Version,
                AccessToken = options.AccessToken,
                HostNames = [options.PublicUrl.Host],
            },
            ports);
        var app = builder.Build().MapFastVlm();
        try
        {
            await app.StartAsync(cancellationToken);
            return new PlatformWeb(app);
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

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
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
