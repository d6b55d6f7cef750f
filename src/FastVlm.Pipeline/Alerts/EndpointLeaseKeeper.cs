using System.Threading.Channels;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Alerts;

/// <summary>The processes that share an outbox.</summary>
/// <param name="Live">Those that deliver now.</param>
/// <param name="Gone">Those that are known to have ended: what they held is free.</param>
public sealed record LeaseMembers(IReadOnlyCollection<string> Live, IReadOnlyCollection<string> Gone);

/// <summary>
/// Holds this process's share of the endpoints: renews its leases, takes what becomes free, gives back what others are to
/// have. A lease that could not be renewed counts as lost well before the store gives it to another, so that no delivery is
/// ever tried by two at once.
/// </summary>
/// <param name="leases">Where leases lie.</param>
/// <param name="self">Names this process; unlike any that ran before.</param>
/// <param name="members">Who shares the outbox now.</param>
/// <param name="timeProvider">Measures how old a renewal is; need not agree with the store's clock.</param>
/// <param name="logger">Is told of leases that cannot be renewed.</param>
public sealed class EndpointLeaseKeeper(
    IEndpointLeases leases, string self, Func<LeaseMembers> members, TimeProvider timeProvider, ILogger logger)
{
    private readonly Channel<bool> pokes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile IReadOnlyCollection<EndpointId> endpoints = [];
    private readonly HashSet<EndpointId> leaving = [];
    private volatile Held held = Held.None;

    /// <summary>Which endpoints are held has changed. Be quick and do not throw.</summary>
    public Action OnChanged { get; set; } = () => { };

    /// <summary>Waits until nothing is delivered any more to endpoints that are no longer held.</summary>
    public Func<IReadOnlyCollection<EndpointId>, CancellationToken, Task> Quiesce { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>This process may deliver to the endpoint now.</summary>
    public bool Holds(EndpointId id) => held is var now && now.Endpoints.Contains(id) && !IsStale(now);

    /// <summary>These endpoints are enabled; returns at once.</summary>
    public void Apply(IEnumerable<EndpointId> enabled)
    {
        endpoints = [.. enabled];
        pokes.Writer.TryWrite(true);
    }

    /// <summary>A process came or went; returns at once.</summary>
    public void Poke() => pokes.Writer.TryWrite(true);

    /// <summary>Keeps the leases until cancelled. What is held then is given back by <see cref="ReleaseAsync"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await RenewAsync(cancellationToken);
            await WaitAsync(cancellationToken);
        }
    }

    /// <summary>Gives everything back, once nothing is delivered any more.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        var last = held.Endpoints;
        held = Held.None;
        try
        {
            await leases.ReleaseAsync(self, [.. last], cancellationToken);
        }
        catch (StorageException e)
        {
            logger.LeasesNotReleased(last.Count, Limits.EndpointLease.TotalSeconds, e.Message);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Limits.EndpointLeaseRenewal, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await ShareAsync(either.Token);
            await GiveBackAsync(either.Token);
        }
        catch (StorageException e)
        {
            logger.LeasesNotRenewed(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LeasesNotRenewed($"It took longer than {Limits.EndpointLeaseRenewal.TotalSeconds:0} s.");
        }

        if (IsStale(held))
        {
            Hold(Held.None);
        }
    }

    private async Task ShareAsync(CancellationToken cancellationToken)
    {
        var before = held;
        var (live, gone) = members();
        var wanted = EndpointShare.Of(endpoints, self, live);
        leaving.UnionWith(before.Endpoints);
        leaving.ExceptWith(wanted);
        Hold(before with { Endpoints = [.. before.Endpoints.Where(wanted.Contains)] });

        // Taken before the call: the store's lease begins later. A call that does not end must not keep us from noticing it.
        var asked = timeProvider.GetTimestamp();
        var taken = await leases.HoldAsync(self, [.. wanted], Limits.EndpointLease, gone, cancellationToken).WaitAsync(cancellationToken);
        Hold(new Held([.. taken], asked));
    }

    /// <summary>Whoever is to have them must not begin before we have ended; what we keep is renewed meanwhile.</summary>
    private async Task GiveBackAsync(CancellationToken cancellationToken)
    {
        if (leaving.Count > 0)
        {
            EndpointId[] ended = [.. leaving];
            await Quiesce(ended, cancellationToken);
            await leases.ReleaseAsync(self, ended, cancellationToken).WaitAsync(cancellationToken);
            leaving.Clear();
        }
    }

    private bool IsStale(Held of) => timeProvider.GetElapsedTime(of.AskedAt) > Limits.EndpointLeaseTrusted;

    private void Hold(Held next)
    {
        var before = held;
        held = next;
        if (!before.Endpoints.SetEquals(next.Endpoints))
        {
            OnChanged();
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(Limits.EndpointLeaseRenewal, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await pokes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is time.
            return;
        }
    }

    private sealed record Held(HashSet<EndpointId> Endpoints, long AskedAt)
    {
        public static Held None { get; } = new([], 0);
    }
}
