using FastVlm.Grains.Placement;
using FastVlm.Pipeline.Live;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Streams;

namespace FastVlm.Grains.Live;

/// <summary>Listens to the live streams for one web node. Key: the node's name.</summary>
[Alias("fastvlm.live.relay")]
public interface ILiveRelayGrain : IGrainWithStringKey
{
    /// <summary>Makes sure that it listens; to these partitions anew.</summary>
    [Alias("Listen")]
    Task Listen(IReadOnlyList<int> silentPartitions);
}

/// <summary>
/// The shell between the streams and the node's <see cref="LiveFeed"/>. Its subscriptions are stored with the streams and
/// outlive it: an activation takes them up again.
/// </summary>
[OnNamedSilo]
[OnSilosWithRole("web")]
[KeepAlive, Immovable]
[GrainType(TypeName)]
internal sealed class LiveRelayGrain(LiveFeed feed, RelayWatch watch, ILocalSiloDetails self, ILogger<LiveRelayGrain> logger)
    : Grain, ILiveRelayGrain
{
    public const string TypeName = "fastvlm-live-relay";

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (self.Name != this.GetPrimaryKeyString())
        {
            throw new InvalidOperationException($"The live relay of node '{this.GetPrimaryKeyString()}' cannot run on '{self.Name}'.");
        }

        for (var partition = 0; partition < ClusterLimits.LivePartitions; partition++)
        {
            await ResumeAsync(partition);
        }
    }

    public async Task Listen(IReadOnlyList<int> silentPartitions)
    {
        foreach (var partition in silentPartitions)
        {
            logger.StreamSilent(partition, ClusterLimits.LiveSilentAfter.TotalSeconds);
            foreach (var handle in await StreamOf(partition).GetAllSubscriptionHandles())
            {
                await handle.UnsubscribeAsync();
            }

            await ResumeAsync(partition);
        }
    }

    private async Task ResumeAsync(int partition)
    {
        var stream = StreamOf(partition);
        var handles = await stream.GetAllSubscriptionHandles();
        if (handles.Count == 0)
        {
            await stream.SubscribeAsync((wire, _) => Receive(partition, wire));
            return;
        }

        // More than one would show everything twice.
        await handles[0].ResumeAsync((wire, _) => Receive(partition, wire));
        foreach (var handle in handles.Skip(1))
        {
            await handle.UnsubscribeAsync();
        }
    }

    private Task Receive(int partition, LiveBatchWire wire)
    {
        if (wire.Pulse > 0)
        {
            if (wire.From == self.Name)
            {
                watch.Seen(partition);
            }

            return Task.CompletedTask;
        }

        var decoded = LiveEventCodec.Decode(wire.Json);
        foreach (var liveEvent in decoded.Events)
        {
            feed.Publish(liveEvent);
        }

        if (decoded.Skipped > 0)
        {
            logger.EventsSkipped(decoded.Skipped, wire.From);
        }

        return Task.CompletedTask;
    }

    private IAsyncStream<LiveBatchWire> StreamOf(int partition) =>
        LiveStreams.Get(this.GetStreamProvider(LiveStreams.Provider), partition);
}
