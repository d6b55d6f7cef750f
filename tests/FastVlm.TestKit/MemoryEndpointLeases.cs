using FastVlm.Pipeline;
using FastVlm.Pipeline.Storage;

namespace FastVlm.TestKit;

/// <summary>Leases in memory, by a clock of their own; a test can make the calls of a holder fail or hang.</summary>
public sealed class MemoryEndpointLeases(TimeProvider clock) : IEndpointLeases
{
    private readonly Lock gate = new();
    private readonly Dictionary<EndpointId, (string Holder, DateTimeOffset Until)> leases = [];

    /// <summary>Called first, with the holder's name: throws, or does not end. It may be set at any time.</summary>
    public Func<string, Task> OnCall { get; set; } = _ => Task.CompletedTask;

    /// <summary>Who holds the endpoint now; null for nobody.</summary>
    public string? HolderOf(EndpointId endpoint)
    {
        lock (gate)
        {
            return leases.TryGetValue(endpoint, out var lease) && lease.Until > clock.GetUtcNow() ? lease.Holder : null;
        }
    }

    public async Task<IReadOnlySet<EndpointId>> HoldAsync(
        string holder, IReadOnlyCollection<EndpointId> wanted, TimeSpan lasts, IReadOnlyCollection<string> gone,
        CancellationToken cancellationToken)
    {
        await OnCall(holder);
        lock (gate)
        {
            var mine = wanted.Where(id => HolderOf(id) is not { } other || other == holder || gone.Contains(other)).ToHashSet();
            foreach (var id in mine)
            {
                leases[id] = (holder, clock.GetUtcNow() + lasts);
            }

            return mine;
        }
    }

    public async Task ReleaseAsync(string holder, IReadOnlyCollection<EndpointId> endpoints, CancellationToken cancellationToken)
    {
        await OnCall(holder);
        lock (gate)
        {
            foreach (var id in endpoints.Where(id => HolderOf(id) == holder))
            {
                leases.Remove(id);
            }
        }
    }
}
