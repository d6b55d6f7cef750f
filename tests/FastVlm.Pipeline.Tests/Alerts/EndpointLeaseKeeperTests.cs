using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>Two processes and the store, each with a clock that the test advances; at no moment may both deliver to an endpoint.</summary>
public sealed class EndpointLeaseKeeperTests : IAsyncLifetime
{
    private static readonly IReadOnlyList<EndpointId> Endpoints = [.. Enumerable.Range(0, 12).Select(i => new EndpointId($"ep_{i}"))];

    private readonly ManualTimeProvider storeTime = new();
    private readonly DeliveryGround ground = new();
    private readonly MemoryEndpointLeases leases;
    private readonly LeaseProcess first;
    private readonly LeaseProcess second;

    public EndpointLeaseKeeperTests()
    {
        leases = new MemoryEndpointLeases(storeTime);
        first = new LeaseProcess("first", leases, ground, Endpoints);
        second = new LeaseProcess("second", leases, ground, Endpoints);
    }

    private static LeaseMembers Both { get; } = new(["first", "second"], []);

    private static LeaseMembers SecondAlone { get; } = new(["second"], []);

    public async ValueTask InitializeAsync() => await first.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        Assert.Empty(ground.Clashes.Items);
    }

    [Fact]
    public async Task One_alone_holds_all_and_keeps_them()
    {
        Assert.Equal(Endpoints, first.Held);
        for (var i = 0; i < 20; i++)
        {
            await RenewAllAsync(first);
        }

        Assert.Equal(Endpoints, first.Held);
        Assert.All(Endpoints, id => Assert.Equal("first", leases.HolderOf(id)));
    }

    [Fact]
    public async Task Two_share_them()
    {
        await JoinAsync();

        Assert.Equal(Share("first"), first.Held);
        Assert.Equal(Share("second"), second.Held);
        Assert.All(Endpoints, id => Assert.NotNull(ground.DelivererOf(id)));
    }

    [Fact]
    public async Task Who_joins_gets_nothing_before_the_other_has_ended_its_deliveries()
    {
        first.BeSlow();
        first.Members = second.Members = Both;
        first.Keeper.Poke();
        await first.Time.Timers.WaitForCountAsync(5);
        await second.StartAsync();
        await second.PokeAsync();
        Assert.Empty(second.Held);

        first.BeQuick();
        await first.Time.Timers.WaitForCountAsync(6);
        await second.PokeAsync();

        Assert.Equal(Share("second"), second.Held);
    }

    /// <summary>Deliveries that take their time to end must not cost the leases that stay.</summary>
    [Fact]
    public async Task What_stays_is_renewed_while_what_leaves_is_waited_for()
    {
        first.BeSlow();
        first.Members = Both;
        for (var i = 0; i < 10; i++)
        {
            first.Keeper.Poke();
            await first.Time.Timers.WaitForCountAsync(5 + (i * 2));
            storeTime.Advance(Limits.EndpointLeaseRenewal);
            await RoundEndsAsync(first);
        }

        Assert.Equal(Share("first"), first.Held);
        Assert.All(Share("first"), id => Assert.Equal("first", leases.HolderOf(id)));
    }

    [Fact]
    public async Task What_could_not_be_given_back_in_time_is_given_back_later()
    {
        first.BeSlow();
        first.Members = Both;
        first.Keeper.Poke();
        await first.Time.Timers.WaitForCountAsync(5);
        await RoundEndsAsync(first);
        Assert.All(Share("second"), id => Assert.Equal("first", leases.HolderOf(id)));

        first.BeQuick();
        await first.PokeAsync();

        Assert.All(Share("second"), id => Assert.Null(leases.HolderOf(id)));
    }

    [Fact]
    public async Task Who_is_known_to_be_gone_is_followed_at_once()
    {
        await JoinAsync();
        await first.KillAsync();
        second.Members = new LeaseMembers(["second"], ["first"]);

        await second.PokeAsync();

        Assert.Equal(Endpoints, second.Held);
    }

    [Fact]
    public async Task Who_is_gone_without_a_word_is_followed_when_its_lease_is_over()
    {
        await JoinAsync();
        await first.KillAsync();
        second.Members = SecondAlone;

        await second.PokeAsync();
        Assert.Equal(Share("second"), second.Held);
        storeTime.Advance(Limits.EndpointLease);
        await second.PokeAsync();

        Assert.Equal(Endpoints, second.Held);
    }

    [Fact]
    public async Task Who_leaves_frees_its_endpoints_at_once()
    {
        await JoinAsync();

        await first.LeaveAsync();
        second.Members = SecondAlone;
        await second.PokeAsync();

        Assert.Empty(first.Held);
        Assert.Equal(Endpoints, second.Held);
    }

    [Fact]
    public async Task Who_cannot_give_back_says_so_and_its_leases_run_out()
    {
        CutOffFirst();

        await first.LeaveAsync();

        Assert.Contains(
            first.Logs.Lines.Items, line => line.Contains("12 leases on endpoints were not given back", StringComparison.Ordinal));
        Assert.Equal("first", leases.HolderOf(Endpoints[0]));
    }

    /// <summary>Whoever asks is told so, also between two rounds.</summary>
    [Fact]
    public void A_lease_that_was_not_renewed_for_too_long_is_not_trusted()
    {
        CutOffFirst();
        first.Time.Advance(Limits.EndpointLeaseTrusted);
        Assert.Equal(Endpoints, first.Held);

        first.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Empty(first.Held);
    }

    [Fact]
    public async Task Who_is_cut_off_from_the_store_ends_its_deliveries_before_its_lease_is_over()
    {
        await JoinAsync();
        second.Members = SecondAlone;
        var (at, mine) = (storeTime.GetUtcNow(), first.Held.ToList());
        CutOffFirst();

        while (mine.Any(id => ground.DelivererOf(id) == "first"))
        {
            await RenewAllAsync(first, second);
        }

        var noticedAfter = storeTime.GetUtcNow() - at;
        Assert.InRange(noticedAfter, Limits.EndpointLeaseTrusted, Limits.EndpointLeaseTrusted + (2 * Limits.EndpointLeaseRenewal));
        Assert.All(mine, id => Assert.Equal("first", leases.HolderOf(id)));
        storeTime.Advance(Limits.EndpointLease - noticedAfter);
        await second.PokeAsync();
        Assert.Equal(Endpoints, second.Held);
        Assert.Contains(first.Logs.Lines.Items, line => line.Contains("could not be renewed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_was_cut_off_for_a_moment_goes_on()
    {
        CutOffFirst();
        await RenewAllAsync(first);
        await RenewAllAsync(first);
        leases.OnCall = _ => Task.CompletedTask;
        await RenewAllAsync(first);
        await RenewAllAsync(first);

        Assert.Equal(Endpoints, first.Held);
    }

    /// <summary>Also one that pays no heed to its cancellation: a broken connection may not notice.</summary>
    [Fact]
    public async Task A_store_that_does_not_answer_counts_as_cut_off()
    {
        var (at, answer) = (storeTime.GetUtcNow(), new TaskCompletionSource());
        leases.OnCall = _ => answer.Task;

        // A round's wait, then its time-out, in turn.
        while (ground.DelivererOf(Endpoints[0]) is not null)
        {
            storeTime.Advance(Limits.EndpointLeaseRenewal);
            await RoundEndsAsync(first);
        }

        Assert.InRange(
            storeTime.GetUtcNow() - at,
            Limits.EndpointLeaseTrusted,
            Limits.EndpointLeaseTrusted + (2 * Limits.EndpointLeaseRenewal));
        Assert.Contains(first.Logs.Lines.Items, line => line.Contains("It took longer than 3 s.", StringComparison.Ordinal));
        answer.SetResult();
        Assert.Empty(first.Held);
    }

    [Fact]
    public async Task Endpoints_that_are_disabled_are_given_back()
    {
        first.Keeper.Apply(Endpoints.Take(3));
        await first.Time.Timers.WaitForCountAsync(6);

        Assert.Equal(Endpoints.Take(3), first.Held);
        Assert.Null(leases.HolderOf(Endpoints[3]));
    }

    /// <summary>Views of who is there may differ, the store comes and goes, clocks run: never do two deliver to one endpoint.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Whatever_happens_no_endpoint_has_two(int seed)
    {
        var chance = new Random(seed);
        var cutOff = new HashSet<string>();
        leases.OnCall = who => cutOff.Contains(who) ? throw new StorageException("cut off") : Task.CompletedTask;
        await second.StartAsync();
        LeaseMembers[] views = [Both, SecondAlone, new(["first"], []), new([], [])];
        for (var i = 0; i < 200; i++)
        {
            var one = chance.Next(2) == 0 ? first : second;
            switch (chance.Next(6))
            {
                case 0:
                    one.Members = views[chance.Next(views.Length)];
                    await one.PokeAsync();
                    break;
                case 1 when !cutOff.Remove(one.Name):
                    cutOff.Add(one.Name);
                    break;
                default:
                    await RenewAllAsync(first, second);
                    break;
            }

            Assert.Empty(first.Held.Intersect(second.Held));
        }
    }

    private static IEnumerable<EndpointId> Share(string member)
    {
        var share = EndpointShare.Of(Endpoints, member, Both.Live);
        return Endpoints.Where(share.Contains);
    }

    private void CutOffFirst() =>
        leases.OnCall = who => who == "first" ? throw new StorageException("The network is down.") : Task.CompletedTask;

    private async Task JoinAsync()
    {
        first.Members = second.Members = Both;
        await first.PokeAsync();
        await second.StartAsync();
    }

    /// <summary>Lets the time to the next renewal pass everywhere, first at the store.</summary>
    private async Task RenewAllAsync(params LeaseProcess[] processes)
    {
        storeTime.Advance(Limits.EndpointLeaseRenewal);
        foreach (var process in processes)
        {
            await process.RenewAsync();
        }
    }

    /// <summary>Lets the time-out of a round pass, or the wait for the next one: another timer is armed then.</summary>
    private static async Task RoundEndsAsync(LeaseProcess process)
    {
        var armed = process.Time.Timers.Items.Count;
        process.Time.Advance(Limits.EndpointLeaseRenewal);
        await process.Time.Timers.WaitForCountAsync(armed + 1);
    }
}
