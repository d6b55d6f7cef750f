using FastVlm.Silo.Simulation;

namespace FastVlm.Silo.Tests.Simulation;

public sealed class SimulatedClockTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SimulatedClock clock = new(Begin);

    [Fact]
    public void Timers_fire_in_order_at_their_own_time()
    {
        var node = new NodeClock(clock);
        var fired = new List<(string, double)>();
        using var late = Timer(node, "late", 3);
        using var early = Timer(node, "early", 1);
        using var gone = Timer(node, "gone", 2);
        gone.Dispose();

        clock.AdvanceTo(Begin.AddSeconds(10));

        Assert.Equal([("early", 1), ("late", 3)], fired);
        Assert.Equal(Begin.AddSeconds(10), node.GetUtcNow());

        ITimer Timer(NodeClock owner, string name, double second) => owner.CreateTimer(
            _ => fired.Add((name, (owner.GetUtcNow() - Begin).TotalSeconds)), null, TimeSpan.FromSeconds(second), Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void A_dead_node_has_no_time_any_more()
    {
        var (dead, living) = (new NodeClock(clock), new NodeClock(clock));
        var ticks = new List<string>();
        using var first = dead.CreateTimer(_ => ticks.Add("dead"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        using var second = living.CreateTimer(_ => ticks.Add("living"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        dead.Stop();
        clock.AdvanceTo(Begin.AddSeconds(2));

        Assert.Equal(["living", "living"], ticks);
    }

    [Fact]
    public async Task A_device_works_up_to_the_end_of_the_step()
    {
        clock.AdvanceTo(Begin.AddSeconds(1));
        clock.HoldUntil(Begin.AddSeconds(1), CancellationToken.None);

        var held = Task.Run(() => clock.HoldUntil(Begin.AddSeconds(1.5), CancellationToken.None), TestContext.Current.CancellationToken);
        Assert.False(held.IsCompleted);
        clock.AdvanceTo(Begin.AddSeconds(2));

        await held.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
