namespace FastVlm.Pipeline.Live;

/// <summary>
/// Hands events to those who look on, numbered and in one order, and keeps the last <see cref="Limits.LiveEventsKeptMax"/>
/// for those who come back. A slow reader loses its own oldest events, counted, and holds up nobody. Safe for concurrent use.
/// </summary>
public sealed class LiveFeed : ILiveFeed
{
    private readonly Lock gate = new();
    private readonly Queue<LiveEvent> kept = new();
    private readonly List<LiveSubscription> subscriptions = [];
    private readonly long origin;
    private long last;

    /// <summary>
    /// Numbers begin at the microseconds of the start, so that a number of an earlier run is never taken for one of this run:
    /// no run publishes a million events per second. Below 2^53, which JavaScript counts exactly.
    /// </summary>
    public LiveFeed(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        origin = timeProvider.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        last = origin;
    }

    /// <summary>How many look on now.</summary>
    public int SubscriberCount
    {
        get
        {
            lock (gate)
            {
                return subscriptions.Count;
            }
        }
    }

    /// <summary>Somebody reads the pieces of captions as the model writes them.</summary>
    public bool IsTextRead
    {
        get
        {
            lock (gate)
            {
                return subscriptions.Exists(subscription => subscription.Filter.Text);
            }
        }
    }

    public void Publish(LiveEvent liveEvent)
    {
        ArgumentNullException.ThrowIfNull(liveEvent);
        lock (gate)
        {
            var numbered = liveEvent is CaptionTextEvent ? liveEvent with { Sequence = 0 } : Keep(liveEvent with { Sequence = ++last });
            foreach (var subscription in subscriptions)
            {
                subscription.Offer(numbered);
            }
        }
    }

    /// <param name="filter">Which events are wanted.</param>
    /// <param name="after">The last number that the reader has seen; null wants nothing of the past.</param>
    public LiveSubscription Subscribe(LiveFilter filter, long? after)
    {
        ArgumentNullException.ThrowIfNull(filter);
        lock (gate)
        {
            var isOfThisRun = after >= origin && after <= last;
            var from = isOfThisRun ? after!.Value : origin;
            var gone = kept.TryPeek(out var first) ? Math.Max(0, first.Sequence - from - 1) : 0;
            var subscription = new LiveSubscription(this, filter)
            {
                Sequence = last,
                Backlog = after is null ? [] : [.. kept.Where(e => e.Sequence > from && filter.Wants(e))],
                Missed = after is null ? 0 : isOfThisRun ? gone : Math.Max(1, gone),
            };
            subscriptions.Add(subscription);
            return subscription;
        }
    }

    internal void Remove(LiveSubscription subscription)
    {
        lock (gate)
        {
            subscriptions.Remove(subscription);
        }
    }

    private LiveEvent Keep(LiveEvent liveEvent)
    {
        if (kept.Count == Limits.LiveEventsKeptMax)
        {
            kept.Dequeue();
        }

        kept.Enqueue(liveEvent);
        return liveEvent;
    }
}
