using FastVlm.Grains.Members;
using FastVlm.Grains.Silos;
using FastVlm.Pipeline.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Streams.Core;

namespace FastVlm.Grains.Live;

/// <summary>
/// Keeps a web node listening: activates its <see cref="ILiveRelayGrain"/>, sends pulses on every stream and has the silent
/// ones listened to anew. The first web node by name also takes dead nodes' subscriptions off the streams, which would
/// otherwise try them with every event. Tells all nodes while anybody here reads captions' pieces.
/// Owns one loop; does nothing on a node without the role web.
/// </summary>
internal sealed class LiveRelayKeeper(
    IGrainFactory grains,
    IClusterClient cluster,
    IServiceProvider services,
    ClusterMembers members,
    RelayWatch watch,
    LiveFeed feed,
    ILocalSiloDetails self,
    TimeProvider timeProvider,
    ILogger<LiveRelayKeeper> logger) : BackgroundService
{
    private readonly Task[] pulses = [.. Enumerable.Repeat(Task.CompletedTask, ClusterLimits.LivePartitions)];
    private readonly long start = timeProvider.GetTimestamp();
    private long pulse;
    private ClusterView? tidied;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var view = await members.WhenAsync(v => v.Self is { State: SiloState.Live, Card: not null }, stoppingToken);
        if (!view.Self!.Does(SiloRoles.Web))
        {
            return;
        }

        using var timer = new PeriodicTimer(ClusterLimits.LivePulsePeriod, timeProvider);
        do
        {
            try
            {
                SendPulses();
                WantText();
                var silent = watch.TakeSilent(Now());
                await grains.GetGrain<ILiveRelayGrain>(self.Name).Listen(silent).WaitAsync(stoppingToken);
                await TidyAsync(members.Current);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // A cluster in motion refuses calls; the next round tries again.
                logger.RelayNotKept(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>A stream whose node died takes no pulse until it moves: it is not waited for, and not taken for silent.</summary>
    private void SendPulses()
    {
        pulse++;
        for (var partition = 0; partition < pulses.Length; partition++)
        {
            if (pulses[partition].IsCompleted)
            {
                pulses[partition] = SendPulseAsync(partition);
            }
        }
    }

    private async Task SendPulseAsync(int partition)
    {
        try
        {
            var stream = LiveStreams.Get(cluster.GetStreamProvider(LiveStreams.Provider), partition);
            await stream.OnNextAsync(new LiveBatchWire(self.Name, [], pulse));
            watch.Sent(partition, Now());
        }
        catch (Exception e)
        {
            logger.PulseNotTaken(partition, e.Message);
        }
    }

    /// <summary>No answer is waited for: whoever missed it hears it again with the next pulse.</summary>
    private void WantText()
    {
        if (feed.IsTextRead)
        {
            foreach (var node in members.Current.Live)
            {
                grains.GetGrain<ISiloGrain>(node.Name).WantText().Ignore();
            }
        }
    }

    private async Task TidyAsync(ClusterView view)
    {
        if (ReferenceEquals(view, tidied) || view.IsIncomplete || view.LiveWith(SiloRoles.Web).FirstOrDefault()?.IsSelf is not true)
        {
            return;
        }

        var subscriptions = services.GetRequiredService<IStreamSubscriptionManagerAdmin>()
            .GetStreamSubscriptionManager(StreamSubscriptionManagerType.ExplicitSubscribeOnly);
        for (var partition = 0; partition < ClusterLimits.LivePartitions; partition++)
        {
            var id = LiveStreams.IdOf(partition);
            foreach (var subscription in await subscriptions.GetSubscriptions(LiveStreams.Provider, id))
            {
                if (!MayListen(view, subscription.GrainId.Key.ToString()!))
                {
                    await subscriptions.RemoveSubscription(LiveStreams.Provider, id, subscription.SubscriptionId);
                    logger.SubscriptionRemoved(subscription.GrainId.Key.ToString()!, partition);
                }
            }
        }

        tidied = view;
    }

    private static bool MayListen(ClusterView view, string name) =>
        view.Find(name) is { State: not SiloState.Dead } member && (member.Card is null || member.Roles.HasFlag(SiloRoles.Web));

    private TimeSpan Now() => timeProvider.GetElapsedTime(start);
}
