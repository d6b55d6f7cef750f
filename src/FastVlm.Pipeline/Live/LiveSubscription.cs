using System.Threading.Channels;

namespace FastVlm.Pipeline.Live;

/// <summary>Events for one reader, in order. One reads at a time; disposing it ends the subscription.</summary>
public sealed class LiveSubscription : IDisposable
{
    private readonly LiveFeed feed;
    private readonly LiveFilter filter;
    private readonly Channel<LiveEvent> queue;
    private long dropped;

    internal LiveSubscription(LiveFeed feed, LiveFilter filter)
    {
        this.feed = feed;
        this.filter = filter;
        queue = Channel.CreateBounded<LiveEvent>(
            new BoundedChannelOptions(Limits.LiveSubscriberQueueMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref dropped));
    }

    internal LiveFilter Filter => filter;

    /// <summary>The feed's last number when the subscription began: everything later comes through <see cref="ReadAsync"/>.</summary>
    public required long Sequence { get; init; }

    /// <summary>Events before it that were asked for and are still kept.</summary>
    public required IReadOnlyList<LiveEvent> Backlog { get; init; }

    /// <summary>
    /// Events after the asked-for number that are no longer kept, whether wanted or not; at least 1 when the number is from an
    /// earlier run of the platform.
    /// </summary>
    public required long Missed { get; init; }

    /// <summary>
    /// Waits for an event, then gives what has gathered by then: one event at a time to who keeps up, more to who does not.
    /// </summary>
    /// <returns>1 to <see cref="Limits.LiveBatchMax"/> events.</returns>
    public async Task<LiveBatch> ReadAsync(CancellationToken cancellationToken)
    {
        var events = new List<LiveEvent> { await queue.Reader.ReadAsync(cancellationToken) };
        while (events.Count < Limits.LiveBatchMax && queue.Reader.TryRead(out var next))
        {
            events.Add(next);
        }

        return new LiveBatch(events, Interlocked.Exchange(ref dropped, 0));
    }

    public void Dispose() => feed.Remove(this);

    internal void Offer(LiveEvent liveEvent)
    {
        if (filter.Wants(liveEvent))
        {
            queue.Writer.TryWrite(liveEvent);
        }
    }
}

/// <summary>What has gathered for one reader.</summary>
/// <param name="Events">In order.</param>
/// <param name="Dropped">Events lost since the batch before, because the reader was too slow.</param>
public sealed record LiveBatch(IReadOnlyList<LiveEvent> Events, long Dropped);
