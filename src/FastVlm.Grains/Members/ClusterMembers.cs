using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FastVlm.Grains.Members;

/// <summary>
/// Keeps <see cref="Current"/> up to date with the cluster: who lives, with which roles and devices. Owns one loop, which
/// waits for Orleans' membership updates and, while a live node has not told its card, looks for it again.
/// </summary>
public sealed class ClusterMembers(
    IClusterMembershipService membership,
    ISiloMetadataCache metadata,
    ILocalSiloDetails self,
    TimeProvider timeProvider,
    ILogger<ClusterMembers> logger) : BackgroundService
{
    // Orleans announces no arrival of metadata.
    private static readonly TimeSpan CardPollPeriod = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private ClusterView current = ClusterView.Empty;
    private TaskCompletionSource next = NewSignal();

    /// <summary>The latest view: a whole, consistent value. Empty until the node has joined.</summary>
    public ClusterView Current
    {
        get
        {
            lock (gate)
            {
                return current;
            }
        }
    }

    /// <summary>The current view, then each newer one. Who is slow skips views, never the last.</summary>
    public async IAsyncEnumerable<ClusterView> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ClusterView? seen = null;
        while (true)
        {
            var (view, changed) = Read();
            if (!ReferenceEquals(view, seen))
            {
                seen = view;
                yield return view;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until a view fulfils the condition, and returns that one.</summary>
    public async Task<ClusterView> WhenAsync(Func<ClusterView, bool> condition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(condition);
        while (true)
        {
            var (view, changed) = Read();
            if (condition(view))
            {
                return view;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var updates = membership.MembershipUpdates.GetAsyncEnumerator(stoppingToken);
        var update = updates.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                Publish(ClusterView.Of(membership.CurrentSnapshot, self.SiloAddress, CardOf, Current));
                if (Current.IsIncomplete)
                {
                    await Task.WhenAny(update, Task.Delay(CardPollPeriod, timeProvider, stoppingToken));
                    stoppingToken.ThrowIfCancellationRequested();
                }
                else
                {
                    await update;
                }

                if (update.IsCompleted)
                {
                    if (!await update)
                    {
                        return;
                    }

                    update = updates.MoveNextAsync().AsTask();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The enumerator must not be disposed while it moves.
            await update.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private SiloCard? CardOf(SiloAddress address) => SiloCard.Read(metadata.GetSiloMetadata(address).Metadata);

    private (ClusterView View, Task Changed) Read()
    {
        lock (gate)
        {
            return (current, next.Task);
        }
    }

    private void Publish(ClusterView view)
    {
        ClusterView before;
        TaskCompletionSource changed;
        lock (gate)
        {
            if (view.Equals(current))
            {
                return;
            }

            (before, current) = (current, view);
            (changed, next) = (next, NewSignal());
        }

        foreach (var member in view.Members.Where(m => before.Find(m.Name)?.State != m.State))
        {
            logger.MemberChanged(member.Name, member.State, SiloRoleNames.Write(member.Roles), member.Address);
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
