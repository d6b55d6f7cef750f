using FastVlm.Grains.Hosting;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Placement;
using FastVlm.Pipeline;
using FastVlm.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace FastVlm.Silo.Tests.Cluster;

/// <summary>A device's grain lives on the device's node and nowhere else, whatever happens to the nodes.</summary>
public sealed class DevicePinningTests(SharedPostgres postgres)
{
    [Fact]
    public async Task Every_look_is_made_where_its_device_is_while_a_node_stops_and_returns()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var (one, two, three) = await StartAsync(cluster);
        var cameras = await cluster.AddCamerasAsync(6);
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 3);
        Assert.Equal([one, two, three], cameras.Select(cluster.ReaderOf).Distinct().OrderBy(node => node.Name));
        Assert.True(one.LookCount > 0 && two.LookCount > 0, $"{one.LookCount} and {two.LookCount} looks");
        await AssertPinnedAsync(cluster);

        await cluster.StopAsync(two);
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 3);
        await AssertPinnedAsync(cluster);

        var again = await cluster.StartAsync("node-2", "cpu0");
        await UsedAsync(cluster, again, cameras);
        await AssertPinnedAsync(cluster);
    }

    [Fact]
    public async Task Every_look_is_made_where_its_device_is_while_a_node_is_lost_and_returns()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var (one, two, three) = await StartAsync(cluster);
        var cameras = await cluster.AddCamerasAsync(6);
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 2);
        var elsewhere = cameras.Where(camera => cluster.ReaderOf(camera) != two).ToArray();

        // Those that others read go on while nobody knows yet that the node is gone.
        await cluster.CutAsync(two);
        await cluster.LookAsync(elsewhere, times: 2);
        await cluster.SettleAsync();
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 2);
        await AssertPinnedAsync(cluster);
        Assert.Equal(0, two.RefusedCount);

        var again = await cluster.StartAsync("node-2", "cpu0");
        await UsedAsync(cluster, again, cameras);
        await AssertPinnedAsync(cluster);
        Assert.Equal([one, three, again], cluster.Nodes);
    }

    [Fact]
    public async Task A_nodes_own_device_is_asked_first_while_it_is_idle()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var (one, two, _) = await StartAsync(cluster);
        var cameras = await cluster.AddCamerasAsync(6);
        await cluster.ReadingAsync(cameras);
        foreach (var node in (TestNode[])[one, two])
        {
            var camera = cameras.First(id => cluster.ReaderOf(id) == node);
            var before = (Own: node.LookCount, All: one.LookCount + two.LookCount);
            await cluster.LookAsync([camera], times: 5);
            var (own, all) = (node.LookCount - before.Own, one.LookCount + two.LookCount - before.All);
            Assert.Equal(all, own);
        }
    }

    /// <summary>The twin: with a director that lets every node through, the same looks do end up on wrong nodes.</summary>
    [Fact]
    public async Task Without_the_filter_grains_of_devices_are_refused_on_wrong_nodes()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        await StartAsync(cluster, silo => silo.Services.AddPlacementFilter<NameFilter, DevicesAnywhere>(ServiceLifetime.Transient));
        var cameras = await cluster.AddCamerasAsync(6);
        await cluster.ReadingAsync(cameras);

        var start = TimeProvider.System.GetTimestamp();
        while (cluster.Nodes.Sum(node => node.RefusedCount) == 0 && TimeProvider.System.GetElapsedTime(start) < TestTimeouts.Default)
        {
            Assert.Equal(cameras.Length, cameras.Sum(camera => cluster.Cameras.Push(camera, Scene.Empty)));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.NotEqual(0, cluster.Nodes.Sum(node => node.RefusedCount));
        await Assert.ThrowsAnyAsync<Exception>(() => AssertPinnedAsync(cluster));
    }

    private static async Task<(TestNode One, TestNode Two, TestNode Three)> StartAsync(
        SiloTestCluster cluster, Action<ISiloBuilder>? configure = null)
    {
        var version = new ClusterOptions().Version;
        return (
            await cluster.StartAsAsync("node-1", version, configure, "cpu0"),
            await cluster.StartAsAsync("node-2", version, configure, "cpu0"),
            await cluster.StartAsAsync("node-3", version, configure));
    }

    /// <summary>No node ever refused a device's grain, and those that live do so on the nodes that their keys name.</summary>
    private static async Task AssertPinnedAsync(SiloTestCluster cluster)
    {
        Assert.All(cluster.Nodes, node => Assert.Equal(0, node.RefusedCount));
        var management = cluster.Nodes[0].Grains.GetGrain<IManagementGrain>(0);
        foreach (var node in cluster.Nodes)
        {
            foreach (var device in node.Models.Keys)
            {
                var grain = node.Grains.GetGrain<IInferenceGrain>(NodeKey.Of(node.Name, device));
                if (await management.GetActivationAddress(grain) is { } where)
                {
                    Assert.Equal(node.Address, where);
                }
            }
        }
    }

    private static async Task UsedAsync(SiloTestCluster cluster, TestNode node, CameraId[] cameras)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (node.LookCount == 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TestTimeouts.Default, $"node '{node.Name}' is not used again");
            await cluster.LookAsync(cameras, times: 1);
        }
    }

    /// <summary>Does nothing for devices; nodes are still found by their names, or no camera would start.</summary>
    private sealed class DevicesAnywhere(IClusterMembershipService membership) : IPlacementFilterDirector
    {
        public IEnumerable<SiloAddress> Filter(
            PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
            NodeKey.DeviceOf(target.GrainIdentity.Key.ToString()!) is not null
                ? silos
                : PlacementRules.Named(
                    silos.Select(silo => new Candidate(silo, membership.CurrentSnapshot.Members.GetValueOrDefault(silo)?.Name, Card: null)),
                    target.GrainIdentity.Key.ToString()!);
    }
}
