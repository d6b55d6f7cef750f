using FastVlm.Grains.Members;
using FastVlm.Pipeline.Live;
using FastVlm.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FastVlm.Grains.Tests.Live;

public sealed class LiveRelayTests
{
    private const int CameraCount = 6;
    private const int PerCamera = 50;

    [Fact]
    public async Task Events_reach_every_web_node_in_order_per_camera_and_no_other()
    {
        await using var cluster = new NodeCluster();
        var web1 = await cluster.StartAsync("web-1", SiloRoles.Web);
        var web2 = await cluster.StartAsync("web-2", SiloRoles.Web);
        var line = await cluster.StartAsync("line-1", SiloRoles.Camera);
        using var onWeb1 = Subscribe(web1);
        using var onWeb2 = Subscribe(web2);
        using var onLine = Subscribe(line);
        await ListeningAsync(line, onWeb1, onWeb2);

        for (var number = 0; number < PerCamera; number++)
        {
            for (var camera = 0; camera < CameraCount; camera++)
            {
                Feed(line).Publish(TestEvents.State($"camera-{camera}", number));
            }
        }

        foreach (var events in new[] { await ReadAsync(onWeb1), await ReadAsync(onWeb2) })
        {
            var cameras = events.GroupBy(e => e.CameraId).ToArray();
            Assert.Equal(CameraCount, cameras.Length);
            Assert.All(cameras, camera => Assert.Equal(Enumerable.Range(0, PerCamera), camera.Select(TestEvents.NumberOf)));
        }

        Assert.Equal(0, LocalFeed(line).SubscriberCount - 1);
        Feed(line).Publish(new ConfigurationEvent());
        Assert.IsType<ConfigurationEvent>((await onWeb1.ReadAsync(TestContext.Current.CancellationToken)).Events[^1]);
        Assert.False(onLine.ReadAsync(new CancellationToken(canceled: true)).IsCompletedSuccessfully);
    }

    private static async Task<List<LiveEvent>> ReadAsync(LiveSubscription subscription)
    {
        var events = new List<LiveEvent>();
        while (events.Count < CameraCount * PerCamera)
        {
            var batch = await subscription.ReadAsync(TestContext.Current.CancellationToken)
                .Within($"live event {events.Count + 1} of {CameraCount * PerCamera}");
            events.AddRange(batch.Events.Where(e => e is CameraStateEvent state && state.CameraId?.Value != "probe"));
        }

        return events;
    }

    /// <summary>Publishes one event per partition until both have seen one of each: from then on they miss nothing.</summary>
    private static async Task ListeningAsync(IHost from, params LiveSubscription[] listeners)
    {
        var probes = Enumerable.Range(0, 100).Select(i => TestEvents.Text($"probe-{i}", i))
            .DistinctBy(Grains.Live.LiveStreams.PartitionOf).ToArray();
        Assert.Equal(ClusterLimits.LivePartitions, probes.Length);
        foreach (var listener in listeners)
        {
            var seen = new HashSet<int>();
            while (seen.Count < ClusterLimits.LivePartitions)
            {
                // As the keeper says for a node with readers of captions' pieces.
                from.Services.GetRequiredService<Grains.Live.LiveRelay>().WantText();
                Array.ForEach(probes, Feed(from).Publish);
                seen.UnionWith((await listener.ReadAsync(TestContext.Current.CancellationToken).Within("the first live events"))
                    .Events.Select(Grains.Live.LiveStreams.PartitionOf));
            }
        }
    }

    private static LiveSubscription Subscribe(IHost host) => LocalFeed(host).Subscribe(new LiveFilter(Cameras: null, Text: true), after: null);

    private static LiveFeed LocalFeed(IHost host) => host.Services.GetRequiredService<LiveFeed>();

    private static ILiveFeed Feed(IHost host) => host.Services.GetRequiredService<ILiveFeed>();
}
