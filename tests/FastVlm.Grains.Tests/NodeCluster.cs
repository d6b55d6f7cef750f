using System.Net;
using System.Net.Sockets;
using FastVlm.Grains.Hosting;
using FastVlm.Grains.Members;
using FastVlm.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FastVlm.Grains.Tests;

/// <summary>Several real nodes in this process, over TCP on this machine; the first one keeps the membership.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private readonly string id = Guid.NewGuid().ToString("N");
    private readonly List<IHost> hosts = [];
    private IPEndPoint? primary;

    /// <summary>Starts a node and waits until all nodes know each other and their roles.</summary>
    public async Task<IHost> StartAsync(string name, SiloRoles roles, Action<IHostApplicationBuilder>? configure = null)
    {
        var options = new ClusterOptions
        {
            ClusterId = id,
            SiloName = name,
            Roles = roles,
            Devices = roles.HasFlag(SiloRoles.Gpu) ? ["cpu0"] : [],
            SiloPort = FreePort(),
            Primary = primary,
            DetectFailureWithin = TimeSpan.FromSeconds(10),
        };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.UseOrleans(silo => silo.UseFastVlmCluster(options));
        configure?.Invoke(builder);
        var host = builder.Build();
        hosts.Add(host);
        await host.StartAsync().Within($"the start of node '{name}'");
        primary ??= new IPEndPoint(options.Address, options.SiloPort);
        await SettleAsync();
        return host;
    }

    public async Task StopAsync(IHost host)
    {
        hosts.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(hosts))
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    /// <summary>A node is a place for grains once the others have its manifest, which follows the membership.</summary>
    private async Task SettleAsync()
    {
        foreach (var host in hosts)
        {
            await Members(host).WhenAsync(view => view.Live.Count() == hosts.Count && !view.IsIncomplete, default)
                .Within($"a view with {hosts.Count} known nodes");
            await TestTimeouts.UntilAsync(
                () => host.Services.GetRequiredService<IClusterManifestProvider>().Current.Silos.Count == hosts.Count,
                $"the manifests of {hosts.Count} nodes");
        }
    }

    public static ClusterMembers Members(IHost host) => host.Services.GetRequiredService<ClusterMembers>();

    public static IGrainFactory Grains(IHost host) => host.Services.GetRequiredService<IGrainFactory>();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
