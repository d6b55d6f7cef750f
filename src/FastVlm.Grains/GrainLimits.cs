namespace FastVlm.Grains;

/// <summary>Limits of the cluster, with their reasons.</summary>
public static class GrainLimits
{
    /// <summary>JPEG quality of frames between nodes: at 90 the model's words are those of the raw picture (docs/cluster.md).</summary>
    public const int FrameQuality = 92;

    /// <summary>Devices that are asked about one frame: the next frame is a better answer than a third try.</summary>
    public const int DevicesTriedMax = 2;

    /// <summary>A device that failed is not asked for this long, unless there is no other.</summary>
    public static readonly TimeSpan DeviceRestsFor = TimeSpan.FromSeconds(2);

    /// <summary>Cost of a look at a device that has not answered yet: between a small model and a large one.</summary>
    public static readonly TimeSpan LookTimeGuess = TimeSpan.FromMilliseconds(100);

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

    /// <summary>Cameras that move at once to even out the nodes: each loses a second or two of its pictures.</summary>
    public const int MovesAtOnceMax = 8;

    /// <summary>Cameras by which nodes may differ, as a share of the mean, before any is moved.</summary>
    public const double ImbalanceAllowed = 0.2;

    /// <summary>Time that cameras may take to be handed over when a node stops; service managers kill after 90 s or less.</summary>
    public static readonly TimeSpan HandOverWithin = TimeSpan.FromSeconds(20);

    /// <summary>Between two looks at whether a stopping node still has cameras.</summary>
    public static readonly TimeSpan HandOverLooked = TimeSpan.FromMilliseconds(100);

    /// <summary>A node that does not answer people's questions within this time is left out of the answer.</summary>
    public static readonly TimeSpan ReportWithin = TimeSpan.FromSeconds(3);
}
