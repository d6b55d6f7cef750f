using FastVlm.Grains.Live;
using FastVlm.Grains.Members;
using FastVlm.Pipeline.Live;
using FastVlm.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Streams.Core;

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

        // Everything has arrived everywhere else, so what is not here by now does not come.
        LocalFeed(line).Publish(new ConfigurationEvent());
        var local = await onLine.ReadAsync(TestContext.Current.CancellationToken).Within("the node's own event");
        Assert.IsType<ConfigurationEvent>(Assert.Single(local.Events));
    }

    [Fact]
    public async Task A_lost_subscription_heals()
    {
        await using var cluster = new NodeCluster();
        var web = await cluster.StartAsync("web-1", SiloRoles.Web);
        using var onWeb = Subscribe(web);
        await ListeningAsync(web, onWeb);

        foreach (var subscription in await SubscriptionsAsync(web, partition: 0))
        {
            await Manager(web).RemoveSubscription(LiveStreams.Provider, LiveStreams.IdOf(0), subscription.SubscriptionId);
        }

        await EventuallyAsync(async () => (await SubscriptionsAsync(web, partition: 0)).Length == 1, "it listens again");
        using var afterwards = Subscribe(web);
        await ListeningAsync(web, afterwards);
    }

    [Fact]
    public async Task A_node_that_left_is_taken_off_the_streams()
    {
        await using var cluster = new NodeCluster();
        var web1 = await cluster.StartAsync("web-1", SiloRoles.Web);
        var web2 = await cluster.StartAsync("web-2", SiloRoles.Web);
        using var onWeb2 = Subscribe(web2);
        await ListeningAsync(web1, onWeb2);
        Assert.Contains("web-2", (await SubscriptionsAsync(web1, partition: 0)).Select(s => s.GrainId.Key.ToString()));

        await cluster.StopAsync(web2);

        await EventuallyAsync(
            async () => (await SubscriptionsAsync(web1, partition: 0)).All(s => s.GrainId.Key.ToString() == "web-1"),
            "nobody but web-1 listens");
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TestTimeouts.Default, $"In vain: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<StreamSubscription[]> SubscriptionsAsync(IHost host, int partition) =>
        [.. await Manager(host).GetSubscriptions(LiveStreams.Provider, LiveStreams.IdOf(partition))];

    private static IStreamSubscriptionManager Manager(IHost host) => host.Services
        .GetRequiredService<IStreamSubscriptionManagerAdmin>()
        .GetStreamSubscriptionManager(StreamSubscriptionManagerType.ExplicitSubscribeOnly);

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

    /// <summary>
    /// Publishes an event per partition again and again until each listener has seen one of each: from then on they miss
    /// nothing. What is published before somebody listens reaches nobody.
    /// </summary>
    private static async Task ListeningAsync(IHost from, params LiveSubscription[] listeners)
    {
        var probes = Enumerable.Range(0, 100).Select(i => TestEvents.Text($"probe-{i}", i))
            .DistinctBy(LiveStreams.PartitionOf).ToArray();
        Assert.Equal(ClusterLimits.LivePartitions, probes.Length);
        foreach (var listener in listeners)
        {
            var seen = new HashSet<int>();
            await EventuallyAsync(
                async () =>
                {
                    // As the keeper says for a node with readers of captions' pieces.
                    from.Services.GetRequiredService<LiveRelay>().WantText();
                    Array.ForEach(probes, Feed(from).Publish);
                    seen.UnionWith((await TryReadAsync(listener)).Where(e => e is CaptionTextEvent).Select(LiveStreams.PartitionOf));
                    return seen.Count == ClusterLimits.LivePartitions;
                },
                $"a live event of each of {ClusterLimits.LivePartitions} streams");
        }
    }

    private static async Task<IReadOnlyList<LiveEvent>> TryReadAsync(LiveSubscription listener)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        try
        {
            return (await listener.ReadAsync(patience.Token)).Events;
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    private static LiveSubscription Subscribe(IHost host) =>
        LocalFeed(host).Subscribe(new LiveFilter(Cameras: null, Text: true), after: null);

    private static LiveFeed LocalFeed(IHost host) => host.Services.GetRequiredService<LiveFeed>();

    private static ILiveFeed Feed(IHost host) => host.Services.GetRequiredService<ILiveFeed>();
}
