using System.Diagnostics;

namespace FastVlm.Silo.Simulation;

/// <summary>What happened on the way.</summary>
internal sealed class SimulationRecord
{
    private long killedTimestamp;

    /// <summary>Real time until every camera had a feed.</summary>
    public TimeSpan StartedIn { get; set; }

    /// <summary>Managed memory of all cameras with their rules, before their first frame.</summary>
    public long MemoryBytes { get; set; }

    public string? KilledNode { get; private set; }

    public int KilledCameras { get; private set; }

    public DateTimeOffset? KilledAt { get; private set; }

    public bool IsAdded { get; set; }

    /// <summary>Until every camera of the dead node had a new caption; null where that was not seen.</summary>
    public (TimeSpan Simulated, TimeSpan Real)? RecoveredIn { get; private set; }

    /// <summary>Looks that were not waited for because they made no progress.</summary>
    public long Excused { get; set; }

    public int WithoutFeed { get; set; }

    public int WithTwoFeeds { get; set; }

    public void Killed(string node, int cameras, DateTimeOffset now) =>
        (KilledNode, KilledCameras, KilledAt, killedTimestamp) = (node, cameras, now, Stopwatch.GetTimestamp());

    public async Task WhenRecoveredAsync(Task<DateTimeOffset> recovered) =>
        RecoveredIn = (await recovered - KilledAt!.Value, Stopwatch.GetElapsedTime(killedTimestamp));
}
