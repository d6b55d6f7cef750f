using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Simulation;

/// <summary>
/// One run: (1) the nodes start and know each other, (2) the cameras are configured and each has a feed, (3) the clock is
/// advanced step by step, and a node dies or comes on the way, (4) the promises are judged. A step ends when everything that is
/// due in it has been done or dropped; only while a node's death or arrival is being noticed, which takes real time, is no
/// step shorter than in reality.
/// </summary>
internal sealed class Simulation : IAsyncDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan StartWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SettleWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    // A look that makes no progress for so long waits for something that takes no simulated time, or for a node that is gone.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly SimulationPlan plan;
    private readonly TextWriter progress;
    private readonly TimeProvider real;
    private readonly SimulatedWorld world;
    private readonly SimulationAudit audit;
    private readonly OrleansMeter messages = new();
    private readonly List<SimulatedNode> nodes = [];
    private readonly SimulationRecord record = new();
    private SimulatedSubscribers? subscribers;
    private Task<SimulatedNode>? joining;

    private Simulation(SimulationPlan plan, TextWriter progress, ILoggerFactory logs, TimeProvider real)
    {
        (this.plan, this.progress, this.real) = (plan, progress, real);
        var clock = new SimulatedClock(Begin);
        var story = new SimulatedStory(plan, Begin);
        var ledger = new LookLedger(plan.Cameras);
        audit = new SimulationAudit(plan, story, clock);
        world = new SimulatedWorld
        {
            Plan = plan,
            Clock = clock,
            Story = story,
            Ledger = ledger,
            Store = new SimulatedStore(plan.Cameras, audit, ledger),
            Configuration = new SimulatedConfiguration(),
            Logs = logs,
        };
    }

    private IEnumerable<SimulatedNode> Living => nodes.Where(node => !node.IsDead);

    private static DateTimeOffset MeasuredFrom => Begin + SimulationPlan.WarmUp;

    /// <summary>A node dies or comes, and the others do not know yet.</summary>
    private bool IsInTransition => joining is not null || Living.Any(node => node.Members.Current.Live.Count() != Living.Count());

    public static async Task<SimulationFigures> RunAsync(
        SimulationPlan plan, TextWriter progress, ILoggerFactory logs, TimeProvider real, CancellationToken cancellationToken)
    {
        await using var simulation = new Simulation(plan, progress, logs, real);
        return await simulation.RunAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (joining is not null)
        {
            nodes.Add(await joining);
        }

        if (subscribers is not null)
        {
            await subscribers.DisposeAsync();
        }

        // All at once: none is to take over from another.
        nodes.ForEach(node => node.Kill());
        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        messages.Dispose();
    }

    private async Task<SimulationFigures> RunAsync(CancellationToken cancellationToken)
    {
        await StartNodesAsync(cancellationToken);
        await StartCamerasAsync(cancellationToken);
        SimulationMeter? begin = null;
        var told = Stopwatch.GetTimestamp();
        for (var now = Begin; now < MeasuredFrom + TimeSpan.FromSeconds(plan.Seconds); now += SimulationPlan.Step)
        {
            if (begin is null && now >= MeasuredFrom)
            {
                begin = Meter();
            }

            Intervene((now - MeasuredFrom).TotalSeconds);
            await StepAsync(now + SimulationPlan.Step, cancellationToken);
            if (Stopwatch.GetElapsedTime(told) > TimeSpan.FromSeconds(10))
            {
                told = Stopwatch.GetTimestamp();
                progress.WriteLine($"{(now - MeasuredFrom).TotalSeconds:0.0} of {plan.Seconds:0} s simulated, "
                    + $"{audit.Captions} captions …");
            }
        }

        var used = Meter().Since(begin ?? Meter());
        var feeds = await SettleAsync(cancellationToken);
        return SimulationFigures.Of(plan, record, audit, world.Store, used, (nodes, feeds), subscribers?.Missed ?? 0);
    }

    private SimulationMeter Meter() => SimulationMeter.Read(messages, world.Store.Entries, subscribers?.Events ?? 0);

    private async Task StartNodesAsync(CancellationToken cancellationToken)
    {
        progress.WriteLine($"Starting {plan.Silos} nodes …");
        for (var i = 1; i <= plan.Silos; i++)
        {
            nodes.Add(await SimulatedNode.StartAsync($"silo-{i}", world, nodes.FirstOrDefault()?.Endpoint));
        }

        await UntilAsync(
            () => nodes.TrueForAll(node => node.ManifestCount == plan.Silos
                && node.Members.Current is { IsIncomplete: false } view && view.Live.Count() == plan.Silos),
            "the nodes to know each other", StartWithin, cancellationToken);
        subscribers = new SimulatedSubscribers(nodes[0].Live, plan.Subscribers);
    }

    private async Task StartCamerasAsync(CancellationToken cancellationToken)
    {
        progress.WriteLine($"Starting {plan.Cameras} cameras …");
        var (before, start) = (GC.GetTotalMemory(forceFullCollection: true), Stopwatch.GetTimestamp());
        world.Configuration.Publish(world.Story.Configuration());
        await Task.WhenAll(nodes.Select(node => node.RefreshAsync()));
        await UntilAsync(
            () => nodes.Sum(node => node.Cameras.Count) == plan.Cameras && world.Ledger.Progress >= plan.Cameras,
            "every camera to have a feed", StartWithin, cancellationToken);
        record.StartedIn = Stopwatch.GetElapsedTime(start);
        record.MemoryBytes = GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    private void Intervene(double second)
    {
        if (plan.KillSiloAt <= second && record.KilledAt is null)
        {
            var victim = nodes[plan.Silos - 1];
            var orphans = victim.Cameras.Ids.Select(SimulatedStory.NumberOf).ToList();
            record.Killed(victim.Name, orphans.Count, world.Clock.Now);
            audit.Orphan(orphans, world.Clock.Now);
            victim.Kill();
            orphans.ForEach(world.Ledger.Opened);
            _ = record.WhenRecoveredAsync(audit.Recovered.Task);
            progress.WriteLine($"{victim.Name} with {orphans.Count} cameras is dead.");
        }

        if (plan.AddSiloAt <= second && !record.IsAdded)
        {
            record.IsAdded = true;
            joining = Task.Run(() => SimulatedNode.StartAsync($"silo-{plan.Silos + 1}", world, nodes[0].Endpoint));
        }
    }

    private async Task StepAsync(DateTimeOffset end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = Stopwatch.GetTimestamp();
        world.Clock.AdvanceTo(end);
        await QuietAsync();
        if (joining is { IsCompleted: true } joined)
        {
            nodes.Add(await joined);
            joining = null;
        }

        while (IsInTransition && Stopwatch.GetElapsedTime(start) < SimulationPlan.Step)
        {
            await Task.Delay(Look, real, cancellationToken);
        }
    }

    /// <summary>Returns when nothing is to be done any more at the present moment, or nothing gets on.</summary>
    private async Task QuietAsync()
    {
        var (seen, since) = (world.Ledger.Progress, Stopwatch.GetTimestamp());
        while (!IsQuiet() || !IsQuiet())
        {
            await Task.Delay(Look, real, CancellationToken.None);
            if (world.Ledger.Progress is var present && present != seen)
            {
                (seen, since) = (present, Stopwatch.GetTimestamp());
            }
            else if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                record.Excused += world.Ledger.Excuse();
                return;
            }
        }
    }

    private bool IsQuiet()
    {
        if (world.Ledger.Moving > 0)
        {
            return false;
        }

        var held = 0;
        foreach (var device in Living.SelectMany(node => node.Devices))
        {
            if (device.Held is not { } there)
            {
                return false;
            }

            held += there;
        }

        return world.Ledger.Captioning <= held;
    }

    /// <summary>Moves that are under way come to their end.</summary>
    /// <returns>The cameras that each living node runs.</returns>
    private async Task<IReadOnlyDictionary<string, int>> SettleAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<int> Running() => [.. Living.SelectMany(node => node.Cameras.Ids).Select(SimulatedStory.NumberOf)];
        try
        {
            await UntilAsync(
                () => Running() is var ids && ids.Count == plan.Cameras && ids.Distinct().Count() == plan.Cameras,
                "every camera to have one feed", SettleWithin, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Judged below.
        }

        var last = Running();
        record.WithoutFeed = plan.Cameras - last.Distinct().Count();
        record.WithTwoFeeds = last.Count - last.Distinct().Count();
        return Living.ToDictionary(node => node.Name, node => node.Cameras.Count);
    }

    private async Task UntilAsync(Func<bool> condition, string what, TimeSpan within, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > within)
            {
                throw new TimeoutException($"The simulation waited for {what} for {within.TotalSeconds:0} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), real, cancellationToken);
        }
    }
}
