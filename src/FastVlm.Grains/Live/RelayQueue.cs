using FastVlm.Pipeline;
using FastVlm.Pipeline.Live;

namespace FastVlm.Grains.Live;

/// <summary>
/// Events of this node that wait for the streams, in order per partition. Bounded over all partitions: from half full on,
/// pieces of captions are not taken any more (the caption follows anyhow); when full, the oldest event goes. Counts what it
/// drops. Never waits; safe for concurrent use.
/// </summary>
internal sealed class RelayQueue(int lengthMax)
{
    private readonly Lock gate = new();
    private readonly Queue<(long Number, LiveEvent Event)>[] lanes =
        [.. Enumerable.Range(0, ClusterLimits.LivePartitions).Select(_ => new Queue<(long, LiveEvent)>())];

    private readonly Dictionary<string, long> dropped = [];
    private long last;
    private int length;

    /// <summary>How many wait.</summary>
    public int Length
    {
        get
        {
            lock (gate)
            {
                return length;
            }
        }
    }

    /// <summary>Events that were lost since the start, by kind.</summary>
    public IReadOnlyDictionary<string, long> Dropped
    {
        get
        {
            lock (gate)
            {
                return new Dictionary<string, long>(dropped);
            }
        }
    }

    /// <returns>The partition that has something to send; null when the event was dropped.</returns>
    public int? Offer(LiveEvent liveEvent)
    {
        ArgumentNullException.ThrowIfNull(liveEvent);
        var partition = LiveStreams.PartitionOf(liveEvent);
        lock (gate)
        {
            if (liveEvent is CaptionTextEvent && length >= lengthMax / 2)
            {
                Count(liveEvent);
                return null;
            }

            if (length == lengthMax)
            {
                Count(lanes.Where(lane => lane.Count > 0).MinBy(lane => lane.Peek().Number)!.Dequeue().Event);
                length--;
            }

            lanes[partition].Enqueue((++last, liveEvent));
            length++;
            return partition;
        }
    }

    /// <summary>Takes the oldest events of a partition; none when there are none.</summary>
    public IReadOnlyList<LiveEvent> Take(int partition)
    {
        lock (gate)
        {
            var lane = lanes[partition];
            var batch = new List<LiveEvent>(Math.Min(lane.Count, Limits.LiveBatchMax));
            while (batch.Count < Limits.LiveBatchMax && lane.TryDequeue(out var next))
            {
                batch.Add(next.Event);
            }

            length -= batch.Count;
            return batch;
        }
    }

    /// <summary>Counts a taken batch that was given up.</summary>
    public void GiveUp(IEnumerable<LiveEvent> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (gate)
        {
            foreach (var liveEvent in batch)
            {
                Count(liveEvent);
            }
        }
    }

    private void Count(LiveEvent liveEvent)
    {
        var kind = LiveEventCodec.KindOf(liveEvent);
        dropped[kind] = dropped.GetValueOrDefault(kind) + 1;
    }
}
