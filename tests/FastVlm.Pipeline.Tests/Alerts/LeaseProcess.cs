using FastVlm.Pipeline.Alerts;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>Which process delivers to which endpoint: tells of every moment at which two do.</summary>
internal sealed class DeliveryGround
{
    private readonly Lock gate = new();
    private readonly Dictionary<EndpointId, string> deliverers = [];

    public Collector<string> Clashes { get; } = new("clashes");

    public void Begin(EndpointId endpoint, string who)
    {
        lock (gate)
        {
            if (!deliverers.TryAdd(endpoint, who))
            {
                Clashes.Add($"'{who}' and '{deliverers[endpoint]}' deliver to '{endpoint}' at once.");
            }
        }
    }

    public void End(EndpointId endpoint)
    {
        lock (gate)
        {
            deliverers.Remove(endpoint);
        }
    }

    public string? DelivererOf(EndpointId endpoint)
    {
        lock (gate)
        {
            return deliverers.GetValueOrDefault(endpoint);
        }
    }
}

/// <summary>
/// A keeper with a clock of its own and what a dispatcher does with it: delivers to what it holds, and ends what it lost at
/// once, or, while it is slow, when it is told to.
/// </summary>
internal sealed class LeaseProcess : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly DeliveryGround ground;
    private readonly IReadOnlyList<EndpointId> endpoints;
    private readonly HashSet<EndpointId> delivering = [];
    private TaskCompletionSource quick = new();
    private Task running = Task.CompletedTask;

    public LeaseProcess(string name, MemoryEndpointLeases leases, DeliveryGround ground, IReadOnlyList<EndpointId> endpoints)
    {
        (Name, this.ground, this.endpoints) = (name, ground, endpoints);
        quick.SetResult();
        Members = new LeaseMembers([name], []);
        Keeper = new EndpointLeaseKeeper(leases, name, () => Members, Time, Logs);
        Keeper.OnChanged = Recheck;
        Keeper.Quiesce = async (_, cancellationToken) =>
        {
            await quick.Task.WaitAsync(cancellationToken);
            Recheck();
        };
    }

    public string Name { get; }

    public ManualTimeProvider Time { get; } = new();

    public CollectingLogger Logs { get; } = new();

    public EndpointLeaseKeeper Keeper { get; }

    /// <summary>What it knows of who shares the outbox.</summary>
    public LeaseMembers Members { get; set; }

    public IEnumerable<EndpointId> Held => endpoints.Where(Keeper.Holds);

    /// <summary>What it lost it goes on delivering to, until <see cref="BeQuick"/>.</summary>
    public void BeSlow() => quick = new TaskCompletionSource();

    public void BeQuick() => quick.SetResult();

    /// <summary>Returns after its first rounds.</summary>
    public Task StartAsync() => RoundsAsync(2, () =>
    {
        Keeper.Apply(endpoints);
        running = Keeper.RunAsync(stop.Token);
    });

    public Task PokeAsync() => RoundsAsync(1, Keeper.Poke);

    public Task RenewAsync() => RoundsAsync(1, () => Time.Advance(Limits.EndpointLeaseRenewal));

    /// <summary>Ends as a process that is killed: gives nothing back.</summary>
    public async Task KillAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        EndAll(_ => true);
    }

    /// <summary>Ends as a process that is stopped.</summary>
    public async Task LeaveAsync()
    {
        await KillAsync();
        await Keeper.ReleaseAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        stop.Dispose();
    }

    /// <summary>A round arms two timers: its time-out, then the wait for the next one.</summary>
    private async Task RoundsAsync(int count, Action begin)
    {
        var armed = Time.Timers.Items.Count + (count * 2);
        begin();
        await Time.Timers.WaitForCountAsync(armed);
    }

    private void Recheck()
    {
        foreach (var id in endpoints.Where(id => Keeper.Holds(id) && delivering.Add(id)))
        {
            ground.Begin(id, Name);
        }

        if (quick.Task.IsCompleted)
        {
            EndAll(id => !Keeper.Holds(id));
        }
    }

    private void EndAll(Func<EndpointId, bool> isOver)
    {
        foreach (var id in endpoints.Where(id => delivering.Contains(id) && isOver(id)))
        {
            delivering.Remove(id);
            ground.End(id);
        }
    }
}
