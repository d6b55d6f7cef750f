using FastVlm.Grains.Rules;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FastVlm.Silo.Tests.Cluster;

/// <summary>A camera has one feed and one set of rules, also where two parts of a plant do not know of each other.</summary>
public sealed class FencingTests(SharedPostgres postgres)
{
    private static readonly RuleTiming AtOnce = new() { OffMisses = 1, ClearAfter = TimeSpan.Zero };

    [Fact]
    public async Task Captions_of_two_clusters_that_fight_for_a_camera_never_interleave()
    {
        await using var north = await SiloTestCluster.CreateAsync(postgres);
        await north.StartAsync("north", "cpu0");
        var camera = (await north.AddCamerasAsync(1))[0];
        await north.AddRuleAsync(AtOnce);
        await north.ReadingAsync(camera);
        await north.LookAsync(camera, Scene.Dropped);

        await using var south = north.Fork();
        await south.StartAsync("south", "cpu0");
        for (var feeds = 0; feeds < 5; feeds = await CountFeedsAsync(north, camera))
        {
            await north.LookAsync(camera, Scene.Dropped);
        }

        var epochs = (await north.CaptionsAsync(camera)).Select(caption => caption.FeedEpoch).ToList();
        Assert.Equal(epochs.Order(), epochs);
        Assert.Contains(("north", camera), north.Cameras.Closings.Items);
        Assert.Contains(("south", camera), north.Cameras.Closings.Items);
        Assert.Single(await north.IncidentsAsync(camera));
    }

    [Fact]
    public async Task A_feed_that_was_started_anew_elsewhere_ends_at_its_next_caption()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var node = await cluster.StartAsync("node-1", "cpu0");
        var camera = (await cluster.AddCamerasAsync(1))[0];
        await cluster.ReadingAsync(camera);
        await cluster.LookAsync(camera);
        var before = await cluster.CaptionsAsync(camera);
        var openings = cluster.Cameras.Openings.Items.Count;

        var elsewhere = await node.Store.Fences.TakeFeedAsync(camera, "elsewhere", TestContext.Current.CancellationToken);
        Assert.Equal(1, cluster.Cameras.Push(camera, Scene.Empty));
        await cluster.Cameras.Closings.WaitForAsync(closed => closed.Camera == camera, "the end of the older feed");
        Assert.Equal(before, await cluster.CaptionsAsync(camera));

        // The one elsewhere is not there after all: the camera is started once more, with a newer epoch.
        await cluster.Cameras.Openings.WaitForCountAsync(openings + 1);
        await cluster.LookAsync(camera);
        Assert.True((await cluster.CaptionsAsync(camera))[^1].FeedEpoch > elsewhere);
    }

    [Fact]
    public async Task A_stage_that_was_opened_anew_elsewhere_gives_up_and_no_caption_is_lost()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var node = await cluster.StartAsync("node-1", "cpu0");
        var camera = (await cluster.AddCamerasAsync(1))[0];
        await cluster.AddRuleAsync(AtOnce);
        await cluster.ReadingAsync(camera);
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        var opened = Assert.Single(await cluster.IncidentsAsync(camera));

        await node.Store.Fences.TakeStageAsync(camera, "elsewhere", TestContext.Current.CancellationToken);
        await cluster.LookOnceAsync(camera, Scene.Dropped);

        var still = Assert.Single(await cluster.IncidentsAsync(camera));
        Assert.Equal((opened.Id, IncidentState.Open, 2), (still.Id, still.State, still.Count));
        await cluster.Log.Lines.WaitForAsync(
            line => line.Contains(camera.Value, StringComparison.Ordinal) && line.Contains("stage", StringComparison.OrdinalIgnoreCase)
                && line.Contains("anew elsewhere", StringComparison.Ordinal),
            "the word of the stage that gave up");
    }

    [Fact]
    public async Task What_a_rule_has_seen_outlives_its_stage()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var node = await cluster.StartAsync("node-1", "cpu0");
        var camera = (await cluster.AddCamerasAsync(1))[0];
        await cluster.AddRuleAsync(new RuleTiming { OnMatches = 3, OnWindow = 4 });
        await cluster.ReadingAsync(camera);
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        await cluster.LookOnceAsync(camera, Scene.Empty);
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        Assert.Empty(await cluster.IncidentsAsync(camera));

        await ReleaseAsync(node, camera);
        await cluster.LookOnceAsync(camera, Scene.Dropped);

        Assert.Equal(3, Assert.Single(await cluster.IncidentsAsync(camera)).Count);
    }

    [Fact]
    public async Task What_a_rule_has_seen_outlives_its_node()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var one = await cluster.StartAsync("node-1", "cpu0");
        var camera = (await cluster.AddCamerasAsync(1))[0];
        await cluster.AddRuleAsync(new RuleTiming { OnMatches = 4, OnWindow = 5, OffMisses = 1000 });
        await cluster.ReadingAsync(camera);
        await cluster.StartAsync("node-2", "cpu0");
        Assert.Equal(one, cluster.ReaderOf(camera));
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        Assert.Empty(await cluster.IncidentsAsync(camera));

        await cluster.KillAsync(one);
        await cluster.ReadingAsync(camera);
        await cluster.LookAsync(camera, Scene.Dropped);

        // One look, or two where a frame was pushed again: without the three before there would be no incident.
        Assert.Single(await cluster.IncidentsAsync(camera));
        await cluster.LookAsync(camera, Scene.Dropped);
        Assert.Single(await cluster.IncidentsAsync(camera));
    }

    [Fact]
    public async Task A_cooldown_goes_on_where_the_rules_move()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        cluster.Planner = new FakePlanner();
        var one = await cluster.StartAsync("node-1", "cpu0");
        var camera = (await cluster.AddCamerasAsync(1))[0];
        await cluster.AddRuleAsync(AtOnce with { Cooldown = TimeSpan.FromHours(1) });
        await cluster.ReadingAsync(camera);
        var two = await cluster.StartAsync("node-2", "cpu0");
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        var first = Assert.Single(await cluster.IncidentsAsync(camera));
        Assert.Equal(AlertState.Told, first.Alert);
        await DeliverAsync(two, first);

        await cluster.LookOnceAsync(camera, Scene.Empty);
        await cluster.StopAsync(one);
        await cluster.ReadingAsync(camera);
        await cluster.LookAsync(camera, Scene.Dropped);

        var incidents = await cluster.IncidentsAsync(camera);
        Assert.Equal(2, incidents.Count);
        Assert.Equal(AlertState.HeldBack, incidents.Single(incident => incident.Id != first.Id).Alert);
    }

    [Fact]
    public async Task What_a_person_says_reaches_the_rules_on_another_node()
    {
        await using var cluster = await SiloTestCluster.CreateAsync(postgres);
        var planner = new CollectingPlanner();
        cluster.Planner = planner;
        var one = await cluster.StartAsync("node-1", "cpu0");
        var camera = (await cluster.AddCamerasAsync(1))[0];
        await cluster.AddRuleAsync(AtOnce);
        await cluster.ReadingAsync(camera);
        var two = await cluster.StartAsync("node-2", "cpu0");
        await cluster.LookOnceAsync(camera, Scene.Dropped);
        Assert.Equal((1, 0), (StagesOf(one), StagesOf(two)));
        var incident = Assert.Single(await cluster.IncidentsAsync(camera));

        var said = incident with { AcknowledgedBy = "Ada", AcknowledgedAt = incident.OpenedAt };
        await two.Grains.GetGrain<IRuleGrain>(camera.Value).Annotate(JsonWire.Of(said));
        await cluster.LookOnceAsync(camera, Scene.Dropped);

        var ongoing = await planner.Changes.WaitForAsync(change => change.Kind == IncidentChangeKind.Ongoing, "the next look");
        Assert.Equal("Ada", ongoing.Incident.AcknowledgedBy);
        Assert.Equal((1, 0), (StagesOf(one), StagesOf(two)));
    }

    private static async Task<int> CountFeedsAsync(SiloTestCluster cluster, CameraId camera) =>
        (await cluster.CaptionsAsync(camera)).Select(caption => caption.FeedEpoch).Distinct().Count();

    private static int StagesOf(TestNode node) => node.Services.GetRequiredService<LocalStages>().Count;

    /// <summary>Returns when the camera's stage is closed.</summary>
    private static async Task ReleaseAsync(TestNode node, CameraId camera)
    {
        await node.Grains.GetGrain<IRuleGrain>(camera.Value).Release();
        await TestTimeouts.UntilAsync(() => StagesOf(node) == 0, "the end of the stage");
    }

    /// <summary>A receiver accepts the opening alert, and the rules are told so.</summary>
    private static async Task DeliverAsync(TestNode node, Incident incident)
    {
        var outbox = node.Store.Outbox;
        var delivery = Assert.Single(await outbox.FindAsync(new Pipeline.Storage.DeliveryQuery { IncidentId = incident.Id }, default));
        var at = TimeProvider.System.GetUtcNow();
        var attempt = new DeliveryAttempt { DeliveryId = delivery.Id, Number = 1, At = at, Duration = TimeSpan.Zero, StatusCode = 200 };
        var done = delivery with { State = DeliveryState.Delivered, DeliveredAt = at, AttemptCount = 1, NextAttemptAt = null };
        await outbox.RecordAsync(attempt, done, default);
        await node.Grains.GetGrain<IRuleGrain>(incident.CameraId!.Value.Value).Told(incident.RuleId!.Value.Value, at);
    }

    private sealed class CollectingPlanner : IDeliveryPlanner
    {
        public Collector<IncidentChange> Changes { get; } = new("changes of incidents");

        public IReadOnlyList<Delivery> Plan(IncidentChange change, DateTimeOffset now)
        {
            Changes.Add(change);
            return [];
        }
    }
}
