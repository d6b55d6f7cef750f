using FastVlm.Pipeline;

namespace FastVlm.Grains;

/// <summary>Every queue, retry and period of the cluster edition, with its reason; beside <see cref="Limits"/>.</summary>
public static class ClusterLimits
{
    /// <summary>
    /// Events of one node that wait for the streams: 8 s of 200 cameras at one caption and a state or incident per second,
    /// which bridges the time until a dead node's queue is served elsewhere; about 4 MB.
    /// </summary>
    public const int LiveRelayQueueMax = 4096;

    /// <summary>
    /// Streams that share the cameras. Each is served by one node at a time, so a dead node silences only its share; more
    /// streams cost polls.
    /// </summary>
    public const int LivePartitions = 4;

    /// <summary>Batches of one stream follow each other no closer: 20 messages a second, however many events; nobody sees 50 ms.</summary>
    public static readonly TimeSpan LiveBatchPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a stream's queue is looked at: half of it is added to an event's way.</summary>
    public static readonly TimeSpan LivePollPeriod = TimeSpan.FromMilliseconds(25);

    /// <summary>Wait before a batch is sent again that the streams did not take: a dead node's queue moves.</summary>
    public static readonly TimeSpan LiveRetryWait = TimeSpan.FromMilliseconds(250);

    /// <summary>A batch that nobody took for this long shows the past and is dropped.</summary>
    public static readonly TimeSpan LiveBatchAgeMax = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a stream tries a listener that refuses. One that is gone stops a stream for this long when the stream moves to
    /// another node, so it is short; one that is only slow is waited for.
    /// </summary>
    public static readonly TimeSpan LiveDeliveryMax = TimeSpan.FromSeconds(1);

    /// <summary>Between the tries of that time.</summary>
    public static readonly TimeSpan LiveDeliveryRetryWait = TimeSpan.FromMilliseconds(200);

    /// <summary>Between tries to read a stream's queue whose node died: the queue moves as soon as that is known.</summary>
    public static readonly TimeSpan LiveReadRetryWait = TimeSpan.FromMilliseconds(200);

    /// <summary>How long delivered events stay in the streams' memory: no listener asks for the past.</summary>
    public static readonly TimeSpan LiveKeptFor = TimeSpan.FromSeconds(10);

    /// <summary>A web node's sign of life on every stream, to itself.</summary>
    public static readonly TimeSpan LivePulsePeriod = TimeSpan.FromSeconds(2);

    /// <summary>A stream that took a pulse and did not bring it back for this long has lost the listener: three pulses.</summary>
    public static readonly TimeSpan LiveSilentAfter = TimeSpan.FromSeconds(6);
}
