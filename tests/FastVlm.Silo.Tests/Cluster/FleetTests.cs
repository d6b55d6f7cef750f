using FastVlm.Grains.Members;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.TestKit;

namespace FastVlm.Silo.Tests.Cluster;

/// <summary>Every camera runs on one node, whatever nodes come and go.</summary>
public sealed class FleetTests(SharedPostgres postgres)
{
    [Fact]
    public async Task A_node_that_stops_hands_its_cameras_over_before()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var one = await cluster.StartAsync("node-1", "cpu0");
        var two = await cluster.StartAsync("node-2", "cpu0");
        var cameras = await cluster.AddCamerasAsync(6);
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 1);
        var moving = cameras.Where(camera => cluster.ReaderOf(camera) == one).ToArray();
        var before = await EpochsAsync(cluster, moving);

        await cluster.StopAsync(one);
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 1);

        Assert.Equal(3, moving.Length);
        var after = await EpochsAsync(cluster, moving);
        Assert.All(moving, camera => Assert.True(after[camera] > before[camera]));
        Assert.Equal(6, two.Cameras.Count);
    }

    [Fact]
    public async Task A_new_node_gets_its_share()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var one = await cluster.StartAsync("node-1", "cpu0");
        var cameras = await cluster.AddCamerasAsync(6);
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 1);

        var two = await cluster.StartAsync("node-2");
        await TestTimeouts.UntilAsync(() => (one.Cameras.Count, two.Cameras.Count) == (3, 3), "half of the cameras to move");
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 1);

        Assert.Equal(9, cluster.Cameras.Openings.Items.Count(opened => cameras.Contains(opened.Camera)));
    }

    [Fact]
    public async Task A_node_that_does_not_answer_keeps_its_cameras_until_it_is_dead()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var one = await cluster.StartAsync("node-1", "cpu0");
        var two = await cluster.StartAsync("node-2", "cpu0");
        var cameras = await cluster.AddCamerasAsync(4);
        await cluster.ReadingAsync(cameras);
        var silent = cameras.Where(camera => cluster.ReaderOf(camera) == two).ToArray();

        await cluster.CutAsync(two);
        while (true)
        {
            var taken = silent.Where(camera => one.Cameras.Find(camera) is not null).ToList();
            if (one.Members.Current.Find("node-2")?.State != SiloState.Live)
            {
                break;
            }

            Assert.Empty(taken);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await cluster.ReadingAsync(cameras);
        Assert.Equal(2, silent.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_open_of_a_camera_that_went_while_no_node_ran_is_cleared(bool isRemoved)
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var one = await cluster.StartAsync("node-1", "cpu0");
        var camera = (await cluster.AddCamerasAsync(1))[0];
        await cluster.AddRuleAsync(new RuleTiming());
        await cluster.ReadingAsync(camera);
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        Assert.Equal(IncidentState.Open, Assert.Single(await cluster.IncidentsAsync(camera)).State);

        await cluster.EndAsync(one);
        await cluster.ConfigureAsync(desk => isRemoved
            ? desk.Cameras.RemoveAsync(camera, CancellationToken.None)
            : desk.Cameras.EditAsync(camera, spec => spec with { Enabled = false }, CancellationToken.None));
        await cluster.StartAsync("node-2", "cpu0");

        while ((await cluster.IncidentsAsync(camera))[0].State == IncidentState.Open)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Empty(cluster.Cameras.ReadersOf(camera));
        await TestTimeouts.UntilAsync(() => cluster.Nodes[0].Cameras.Count == 0, "the camera's slot to be given up");

        // One look at it was enough.
        var starts = cluster.Log.Lines.Items.Where(line => line.Contains($"'{camera}' runs here from now on", StringComparison.Ordinal));
        Assert.Equal(2, starts.Count());
    }

    [Fact]
    public async Task Nodes_of_two_versions_work_together()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var old = await cluster.StartAsAsync("node-1", "0.1.0", null, "cpu0");
        var cameras = await cluster.AddCamerasAsync(4);
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 1);

        var next = await cluster.StartAsAsync("node-2", "0.2.0", null, "cpu0");
        await TestTimeouts.UntilAsync(() => (old.Cameras.Count, next.Cameras.Count) == (2, 2), "half of the cameras to move");
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 2);
        Assert.Equal(["0.1.0", "0.2.0"], old.Members.Current.Live.Select(node => node.Version));
        Assert.Equal(["0.1.0", "0.2.0"], next.Members.Current.Live.Select(node => node.Version));

        await cluster.StopAsync(old);
        await cluster.ReadingAsync(cameras);
        await cluster.LookAsync(cameras, times: 1);
        Assert.Equal((0, 4), (next.RefusedCount, next.Cameras.Count));
    }

    private static async Task<Dictionary<CameraId, long>> EpochsAsync(SiloTestCluster cluster, IEnumerable<CameraId> cameras)
    {
        var epochs = new Dictionary<CameraId, long>();
        foreach (var camera in cameras)
        {
            epochs[camera] = (await cluster.CaptionsAsync(camera))[^1].FeedEpoch;
        }

        return epochs;
    }
}
