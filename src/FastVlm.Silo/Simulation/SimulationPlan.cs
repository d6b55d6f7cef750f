using FastVlm.Grains;
using FastVlm.Grains.Hosting;

namespace FastVlm.Silo.Simulation;

/// <summary>What is simulated. Times are simulated ones unless it is said otherwise.</summary>
internal sealed record SimulationPlan
{
    /// <summary>In all the time it takes, so that queueing is right to within it and 10,000 cameras need no 10,000 pauses.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Not measured, at the start: code is compiled and connections are opened.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    /// <summary>Looks of an event: enough for "ongoing", then it clears.</summary>
    public const int LooksOfEvent = 5;

    // An event must have cleared before the camera's next one.
    private const int LooksPerEventMin = 15;

    public int Silos { get; init; } = 3;

    public int Cameras { get; init; } = 10_000;

    public double LooksPerSecond { get; init; } = 1;

    public double Seconds { get; init; } = 60;

    /// <summary>What a look takes on its device.</summary>
    public double ModelMilliseconds { get; init; } = 2;

    public int DevicesPerSilo { get; init; } = 1;

    public int Rules { get; init; } = 1;

    public int LooksPerEvent { get; init; } = 60;

    /// <summary>When the last node is cut off and stands still, seconds after the start; null never.</summary>
    public double? KillSiloAt { get; init; }

    /// <summary>When one more node starts; null never.</summary>
    public double? AddSiloAt { get; init; }

    /// <summary>Readers of all events on the first node.</summary>
    public int Subscribers { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>In real seconds, as a node's option: a busy machine must not take a slow node for a dead one.</summary>
    public int DetectFailureSeconds { get; init; } = 15;

    public TimeSpan LookPeriod => TimeSpan.FromSeconds(1 / LooksPerSecond);

    public TimeSpan ModelTime => TimeSpan.FromMilliseconds(ModelMilliseconds);

    /// <summary>Looks per second that all devices together can serve at the start.</summary>
    public double Capacity => ModelMilliseconds == 0 ? double.PositiveInfinity : Silos * DevicesPerSilo * 1000 / ModelMilliseconds;

    /// <summary>Looks per second that each camera gets where all get the same.</summary>
    public double DueLooksPerSecond => Math.Min(LooksPerSecond, Capacity / Cameras);

    /// <summary>Says in sentences everything that is wrong with it.</summary>
    public IEnumerable<string> Faults()
    {
        (bool IsFine, string Fault)[] checks =
        [
            (Silos is >= 1 and <= 16, $"--silos is {Silos}; this machine simulates 1 to 16 nodes."),
            (Cameras is >= 1 and <= ClusterLimits.CamerasMax, $"--cameras is {Cameras}; a cluster has 1 to {ClusterLimits.CamerasMax}."),
            (LooksPerSecond is >= 0.25 and <= 10, $"--looks-per-second is {LooksPerSecond}; give 0.25 to 10."),
            (Seconds is >= 1 and <= 86_400, $"--seconds is {Seconds}; give 1 to 86400."),
            (ModelMilliseconds is >= 0 and <= 60_000, $"--model-ms is {ModelMilliseconds}; a look takes 0 to 60000 ms."),
            (DevicesPerSilo is >= 1 and <= 64, $"--devices-per-silo is {DevicesPerSilo}; give 1 to 64."),
            (Rules is >= 1 and <= 256, $"--rules is {Rules}; a camera has 1 to 256."),
            (LooksPerEvent is >= LooksPerEventMin and <= 1_000_000,
                $"--looks-per-event is {LooksPerEvent}; an event and its clearing take {LooksPerEventMin} looks, so give at least that."),
            (Subscribers is >= 0 and <= 10_000, $"--subscribers is {Subscribers}; give 0 to 10000."),
            (KillSiloAt is null || Silos > 1, "--kill-silo-at needs a second node that takes over: give --silos 2 or more."),
            (IsWithin(KillSiloAt), $"--kill-silo-at is {KillSiloAt}; give a second between 0 and --seconds ({Seconds})."),
            (IsWithin(AddSiloAt), $"--add-silo-at is {AddSiloAt}; give a second between 0 and --seconds ({Seconds})."),
            (TimeSpan.FromSeconds(DetectFailureSeconds) is var within
                && within >= FailureDetection.WithinMin && within <= FailureDetection.WithinMax,
                $"--detect-failure-seconds is {DetectFailureSeconds}; give {FailureDetection.WithinMin.TotalSeconds} "
                + $"to {FailureDetection.WithinMax.TotalSeconds}."),
        ];
        return checks.Where(check => !check.IsFine).Select(check => check.Fault);
    }

    private bool IsWithin(double? second) => second is null || (second >= 0 && second < Seconds);
}
