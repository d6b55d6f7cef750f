using System.Net;
using System.Net.Sockets;
using FastVlm.Grains.Cameras;
using FastVlm.Grains.Members;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;
using FastVlm.Silo.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace FastVlm.Silo.Simulation;

/// <summary>What all nodes of a simulation share.</summary>
internal sealed record SimulatedWorld
{
    public required SimulationPlan Plan { get; init; }

    public required SimulatedClock Clock { get; init; }

    public required SimulatedStory Story { get; init; }

    public required LookLedger Ledger { get; init; }

    public required SimulatedStore Store { get; init; }

    public required SimulatedConfiguration Configuration { get; init; }

    public required ILoggerFactory Logs { get; init; }

    public string ClusterId { get; } = Guid.NewGuid().ToString("N");
}

/// <summary>One real node over TCP on this machine, with simulated cameras, devices and store.</summary>
internal sealed class SimulatedNode : IAsyncDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(20);

    private readonly NodeClock clock;
    private readonly NodeLinks links = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> tasks = [];
    private readonly ConfigurationDesk desk;
    private IHost? host;
    private volatile bool isDead;

    private SimulatedNode(string name, IPEndPoint endpoint, SimulatedWorld world, ConfigurationDesk desk)
    {
        (Name, Endpoint, this.desk) = (name, endpoint, desk);
        clock = new NodeClock(world.Clock);
        var logger = world.Logs.CreateLogger(name);
        Devices = [.. Enumerable.Range(0, world.Plan.DevicesPerSilo).Select(
            i => new SimulatedDevice($"sim{i}", world.Plan, world.Clock, clock, logger))];
    }

    public string Name { get; }

    public IPEndPoint Endpoint { get; }

    public IReadOnlyList<SimulatedDevice> Devices { get; }

    public bool IsDead => isDead;

    public LocalCameras Cameras => host!.Services.GetRequiredService<LocalCameras>();

    public ClusterMembers Members => host!.Services.GetRequiredService<ClusterMembers>();

    public LiveFeed Live => host!.Services.GetRequiredService<LiveFeed>();

    public int ManifestCount => host!.Services.GetRequiredService<IClusterManifestProvider>().Current.Silos.Count;

    /// <param name="name">Its name.</param>
    /// <param name="world">What it shares with the others.</param>
    /// <param name="primary">The node that keeps the membership; null makes it this one, with the role web.</param>
    public static async Task<SimulatedNode> StartAsync(string name, SimulatedWorld world, IPEndPoint? primary)
    {
        var desk = await ConfigurationDesk.OpenAsync(world.Configuration, TimeProvider.System, DestinationPolicy.Public, default);
        var node = new SimulatedNode(name, new IPEndPoint(IPAddress.Loopback, FreePort()), world, desk);
        var cluster = new Grains.Hosting.ClusterOptions
        {
            ClusterId = world.ClusterId,
            SiloName = name,
            Roles = SiloRoles.Camera | SiloRoles.Gpu | (primary is null ? SiloRoles.Web : SiloRoles.None),
            Devices = [.. node.Devices.Select(device => device.Device.Name)],
            SiloPort = node.Endpoint.Port,
            Primary = primary,
            DetectFailureWithin = TimeSpan.FromSeconds(world.Plan.DetectFailureSeconds),
        };
        var backlog = new JournalBacklog(world.Store, node.clock, world.Logs.CreateLogger(name));
        node.tasks.Add(backlog.RunAsync(node.stop.Token));
        node.tasks.AddRange(node.Devices.Select(device => device.Device.Worker.RunAsync(node.stop.Token)));
        node.host = SiloHost.Build(
            node.Parts(world, cluster, backlog), world.Logs, silo => silo.Configure<SiloConnectionOptions>(node.links.ApplyTo));
        await node.host.StartAsync();
        return node;
    }

    public Task RefreshAsync() => desk.RefreshAsync(CancellationToken.None);

    /// <summary>As if its machine had lost its power: nobody is told, nothing of it goes on, nothing reaches it.</summary>
    public void Kill()
    {
        isDead = true;
        clock.Stop();
        stop.Cancel();
        links.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (host is { } started)
        {
            using var atOnce = new CancellationTokenSource();
            await atOnce.CancelAsync();
            await started.StopAsync(atOnce.Token).WaitAsync(StopWithin).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            started.Dispose();
        }

        foreach (var device in Devices)
        {
            device.Device.Dispose();
        }

        desk.Dispose();
        stop.Dispose();
    }

    private SiloHostParts Parts(SimulatedWorld world, Grains.Hosting.ClusterOptions cluster, JournalBacklog backlog)
    {
        var cameras = new SimulatedCameras(world.Story, world.Ledger, clock);
        var pictures = new SimulatedPictures();
        return new SiloHostParts
        {
            Cluster = cluster,
            Configuration = desk,
            Fences = world.Store,
            Incidents = world.Store,
            Journal = world.Store,
            Backlog = backlog,
            Planner = new NoDeliveries(),
            Devices = [.. Devices.Select(device => device.Device)],
            Sources = cameras,
            LiveVideo = cameras,
            Encoder = pictures,
            Decoder = pictures,
            TimeProvider = clock,
            Captioner = devices => new WatchedCaptioner(devices, world.Ledger, () => isDead),
        };
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
