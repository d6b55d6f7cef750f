using FastVlm.Pipeline;

namespace FastVlm.Grains;

/// <summary>Every queue, retry and period of the cluster edition, with its reason; beside <see cref="Limits"/>.</summary>
public static class ClusterLimits
{
    /// <summary>
    /// Cameras of one cluster: as many as three nodes were measured with (docs/scale.md). What grows with all of them is the
    /// list of names that every pass over the fleet fetches, and the configuration that every node holds.
    /// </summary>
    public const int CamerasMax = 10_000;

    /// <summary>
    /// Frames that wait for one device. Not one for each camera of the cluster: a frame that waits longer than
    /// <see cref="Limits.FrameAgeMax"/> is refused anyhow, and a full queue sends the next one to another device.
    /// </summary>
    public const int DeviceQueueMax = 1000;

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

    /// <summary>Readers of captions' pieces are told of with each pulse: three may be lost.</summary>
    public static readonly TimeSpan LiveTextWantedFor = TimeSpan.FromSeconds(8);

    /// <summary>A stream that took a pulse and did not bring it back for this long has lost the listener: three pulses.</summary>
    public static readonly TimeSpan LiveSilentAfter = TimeSpan.FromSeconds(6);

    /// <summary>
    /// JPEG quality of frames between nodes. Of 168 captions of the shipped model 164 are then word for word those of the raw
    /// picture; 95 makes as many differ, at a third more bytes (FastVlm.Silo.Tests measure-quality).
    /// </summary>
    public const int FrameQuality = 92;

    /// <summary>Devices that are asked about one frame: the next frame is a better answer than a third try.</summary>
    public const int DevicesTriedMax = 2;

    /// <summary>A device that failed is not asked for this long, unless there is no other.</summary>
    public static readonly TimeSpan DeviceRestsFor = TimeSpan.FromSeconds(2);

    /// <summary>Cost of a look at a device that has not answered yet: between a small model and a large one.</summary>
    public static readonly TimeSpan LookTimeGuess = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A look's time is believed for so long. One slow look, such as a model's first, must not keep a device unused for ever;
    /// trying it again costs one camera one late caption.
    /// </summary>
    public static readonly TimeSpan LookTimeFreshFor = TimeSpan.FromSeconds(10);

    /// <summary>A device's own word about its queue is believed for so long.</summary>
    public static readonly TimeSpan LoadFreshFor = TimeSpan.FromSeconds(1);

    /// <summary>Share by which another node's device must be faster to be asked instead of the own one: a hop costs about that.</summary>
    public const double LocalPreference = 1.25;

    /// <summary>First wait before a look is handed to its rules again that could not be reached: they move within a second.</summary>
    public static readonly TimeSpan RulesRetryFirst = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest such wait; the camera's next caption waits with it, and none is lost.</summary>
    public static readonly TimeSpan RulesRetryMax = TimeSpan.FromSeconds(2);

    /// <summary>Tries to hand a look over to rules that fail on it: it is a defect, and the camera must go on.</summary>
    public const int DefectTriesMax = 5;

    /// <summary>A stage waits so long for a store that fails before it is closed with entries that are not stored.</summary>
    public static readonly TimeSpan StageClosesWithin = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at whether every camera runs somewhere.</summary>
    public static readonly TimeSpan FleetPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks for incidents of cameras that nobody runs.</summary>
    public static readonly TimeSpan FleetSweepPeriod = TimeSpan.FromSeconds(15);

    /// <summary>Cameras that are started at once: each takes an epoch from the store and opens a connection.</summary>
    public const int StartsAtOnceMax = 64;

    /// <summary>Cameras that move at once to even out a small fleet: each loses a second or two of its pictures.</summary>
    public const int MovesAtOnceMax = 8;

    /// <summary>Share of a large fleet that moves at once instead: a new node has its cameras after half a minute, not minutes.</summary>
    public const double MovesAtOnceShare = 0.01;

    /// <summary>Cameras by which nodes may differ, as a share of the mean, before any is moved.</summary>
    public const double ImbalanceAllowed = 0.2;

    /// <summary>Time that cameras may take to be handed over when a node stops; service managers kill after 90 s or less.</summary>
    public static readonly TimeSpan HandOverWithin = TimeSpan.FromSeconds(20);

    /// <summary>Between two looks of a web node at what the others do.</summary>
    public static readonly TimeSpan BoardPeriod = TimeSpan.FromSeconds(2);

    /// <summary>No camera was taken for so long: the others stop, too. Some passes of the fleet.</summary>
    public static readonly TimeSpan HandOverStuckAfter = TimeSpan.FromSeconds(5);

    /// <summary>Between two looks at whether a stopping node still has cameras.</summary>
    public static readonly TimeSpan HandOverLooked = TimeSpan.FromMilliseconds(100);

    /// <summary>A node that does not answer people's questions within this time is left out of the answer.</summary>
    public static readonly TimeSpan ReportWithin = TimeSpan.FromSeconds(3);
}
