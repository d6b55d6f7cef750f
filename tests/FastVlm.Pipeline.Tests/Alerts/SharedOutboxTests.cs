using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;
using static FastVlm.Pipeline.Tests.Alerts.DispatcherProcess;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>Two processes, each with a dispatcher and a keeper of leases, over one outbox.</summary>
public sealed class SharedOutboxTests : IAsyncDisposable
{
    private static readonly LeaseMembers Both = new(["first", "second"], []);

    private readonly ManualTimeProvider leaseTime = new();
    private readonly MemoryOutbox outbox = new();
    private readonly MemoryEndpointLeases leases;
    private readonly Process first;
    private readonly Process second;

    public SharedOutboxTests()
    {
        leases = new MemoryEndpointLeases(leaseTime);
        first = new Process("first", outbox, leases);
        second = new Process("second", outbox, leases);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Each_delivery_is_made_once_by_one_of_them()
    {
        await using var receiver = new WebhookReceiver();
        var endpoints = Enumerable.Range(0, 8).Select(i => Endpoint($"ep_{i}", receiver)).ToArray();
        await StoreAsync(endpoints, each: 5);
        first.Members = second.Members = Both;

        await first.StartAsync(endpoints);
        await second.StartAsync(endpoints);
        await receiver.Requests.WaitForCountAsync(40);
        await TestTimeouts.UntilAsync(() => outbox.PendingCount == 0, "the last result");

        Assert.Equal(40, receiver.Requests.Items.Select(request => request.Headers["webhook-id"]).Distinct().Count());
        Assert.Equal(40, receiver.Requests.Items.Count);
        Assert.All([first, second], process => Assert.NotEmpty(process.Inner.Observer.Tries.Items));
    }

    [Fact]
    public async Task A_slow_receiver_gets_no_delivery_from_both()
    {
        await using var silent = new WebhookReceiver((WebhookReceiver.Silence, null));
        var endpoints = Enumerable.Range(0, 4).Select(i => Endpoint($"ep_{i}", silent)).ToArray();
        await StoreAsync(endpoints, each: 2);
        first.Members = second.Members = Both;
        await first.StartAsync(endpoints);
        await second.StartAsync(endpoints);
        await silent.Requests.WaitForCountAsync(8);

        for (var i = 0; i < 5; i++)
        {
            leaseTime.Advance(Limits.EndpointLeaseRenewal);
            await first.RenewAsync();
            await second.RenewAsync();
            Array.ForEach(endpoints, endpoint => first.Inner.Dispatcher.Wake(endpoint.Id));
            Array.ForEach(endpoints, endpoint => second.Inner.Dispatcher.Wake(endpoint.Id));
        }

        Assert.Equal(8, silent.Requests.Items.Count);
    }

    [Fact]
    public async Task A_try_is_broken_off_before_the_next_holder_begins_another_one()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null), (204, null));
        var endpoint = OfSecond(receiver);
        await StoreAsync([endpoint], each: 1);
        await first.StartAsync(endpoint);
        await receiver.Requests.WaitForCountAsync(1);
        var requestsAtTheEnd = 0;
        first.OnQuiet = () => requestsAtTheEnd = receiver.Requests.Items.Count;

        first.Members = second.Members = Both;
        await second.StartAsync(endpoint);
        Assert.Single(receiver.Requests.Items);
        await first.PokeAsync();
        await second.PokeAsync();
        await second.Inner.Observer.Tries.WaitForCountAsync(1);

        Assert.Equal((1, 2), (requestsAtTheEnd, receiver.Requests.Items.Count));
        Assert.Equal((DeliveryState.Delivered, 1), await StateAsync());
        Assert.Empty(first.Inner.Observer.Tries.Items);
    }

    [Fact]
    public async Task Who_is_cut_off_has_broken_off_before_the_next_holder_begins()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null), (204, null));
        var endpoint = OfSecond(receiver);
        await StoreAsync([endpoint], each: 1);
        await first.StartAsync(endpoint);
        await receiver.Requests.WaitForCountAsync(1);
        leases.OnCall = who => who == "first" ? throw new StorageException("The network is down.") : Task.CompletedTask;
        await second.StartAsync(endpoint);

        var passed = TimeSpan.Zero;
        while (first.Keeper.Holds(endpoint.Id))
        {
            leaseTime.Advance(Limits.EndpointLeaseRenewal);
            passed += Limits.EndpointLeaseRenewal;
            await first.RenewAsync();
            await second.RenewAsync();
        }

        await first.Inner.Dispatcher.QuiesceAsync([endpoint.Id], Token).Within("the end of its deliveries");
        Assert.Single(receiver.Requests.Items);
        leaseTime.Advance(Limits.EndpointLease - passed);
        await second.RenewAsync();
        await second.Inner.Observer.Tries.WaitForCountAsync(1);

        Assert.Equal((DeliveryState.Delivered, 1), await StateAsync());
    }

    [Fact]
    public async Task Who_stops_hands_over_what_waits()
    {
        await using var receiver = new WebhookReceiver((WebhookReceiver.Silence, null), (204, null));
        var endpoint = Endpoint("ep_0", receiver);
        await StoreAsync([endpoint], each: 1);
        await first.StartAsync(endpoint);
        await receiver.Requests.WaitForCountAsync(1);
        await second.StartAsync(endpoint);

        await first.LeaveAsync();
        await second.PokeAsync();
        await second.Inner.Observer.Tries.WaitForCountAsync(1);

        Assert.Equal((DeliveryState.Delivered, 1), await StateAsync());
    }

    /// <summary>An endpoint that the second process has where both are there.</summary>
    private static Entry<EndpointId, EndpointSpec> OfSecond(WebhookReceiver receiver)
    {
        var endpoints = Enumerable.Range(0, 100).Select(i => new EndpointId($"ep_{i}"));
        return Endpoint(EndpointShare.Of(endpoints, "second", Both.Live).First().Value, receiver);
    }

    private async Task<(DeliveryState State, int Attempts)> StateAsync()
    {
        var delivery = Assert.Single(await outbox.FindAsync(new DeliveryQuery(), Token));
        return (delivery.State, delivery.AttemptCount);
    }

    private Task StoreAsync(Entry<EndpointId, EndpointSpec>[] endpoints, int each) => outbox.AppendAsync(
        new StageEntry
        {
            Deliveries =
            [
                .. endpoints.SelectMany(endpoint => Enumerable.Range(0, each).Select(i =>
                    Delivery($"msg_{endpoint.Id}_{i}", endpoint.Id.Value))),
            ],
        },
        Token);

    /// <summary>Knows itself alone until it is told of others.</summary>
    private sealed class Process : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly ManualTimeProvider time = new();
        private Task keeping = Task.CompletedTask;

        public Process(string name, MemoryOutbox outbox, MemoryEndpointLeases leases)
        {
            Members = new LeaseMembers([name], []);
            Inner = new DispatcherProcess(outbox);
            Keeper = new EndpointLeaseKeeper(leases, name, () => Members, time, Inner.Logs)
            {
                OnChanged = () => Inner.Dispatcher.Recheck(),
                Quiesce = async (endpoints, cancellationToken) =>
                {
                    await Inner.Dispatcher.QuiesceAsync(endpoints, cancellationToken);
                    OnQuiet();
                },
            };
            Inner.Options = Inner.Options with { Holds = Keeper.Holds };
        }

        public DispatcherProcess Inner { get; }

        public EndpointLeaseKeeper Keeper { get; }

        public LeaseMembers Members { get; set; }

        public Action OnQuiet { get; set; } = () => { };

        /// <summary>Returns after the keeper's first rounds.</summary>
        public Task StartAsync(params Entry<EndpointId, EndpointSpec>[] endpoints) => RoundsAsync(2, () =>
        {
            Inner.Start(endpoints);
            Keeper.Apply(endpoints.Select(endpoint => endpoint.Id));
            keeping = Keeper.RunAsync(stop.Token);
        });

        public Task PokeAsync() => RoundsAsync(1, Keeper.Poke);

        public Task RenewAsync() => RoundsAsync(1, () => time.Advance(Limits.EndpointLeaseRenewal));

        public async Task LeaveAsync()
        {
            await Inner.StopAsync();
            await stop.CancelAsync();
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Keeper.ReleaseAsync(Token);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Inner.DisposeAsync();
            stop.Dispose();
        }

        private async Task RoundsAsync(int count, Action begin)
        {
            var armed = time.Timers.Items.Count + (count * 2);
            begin();
            await time.Timers.WaitForCountAsync(armed);
        }
    }
}
