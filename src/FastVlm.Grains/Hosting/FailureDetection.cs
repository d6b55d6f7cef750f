using Orleans.Configuration;

namespace FastVlm.Grains.Hosting;

/// <summary>
/// Translates "a silent node is noticed within this time" into the settings of Orleans' membership. Pure.
/// <para>
/// Each node probes up to ten others. A probe that is not answered within its timeout is repeated at once; after two, the
/// third asks another node to probe, and if that fails too, both votes declare the node dead: no single node's trouble
/// suffices. A node from which any message came within (longest timeout × 3) is not voted against.
/// </para>
/// <para>
/// With a timeout T and a longest one of 4/3 T, a node that falls silent just after a probe and in the middle of traffic is
/// declared dead after T (until the next probe) + T + T + 4/3 T, or one probe later where the last message is too fresh: at
/// most 5 2/3 T. A process that dies closes its connections, so its probes fail at once: 2 to 3 T.
/// </para>
/// </summary>
public sealed record FailureDetection(TimeSpan ProbeTimeout, TimeSpan ProbeTimeoutMax)
{
    public static readonly TimeSpan WithinMin = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan WithinMax = TimeSpan.FromMinutes(2);

    private const double ProbesUntilDead = 17.0 / 3;
    private const double TimeoutGrowth = 4.0 / 3;

    // Signs of life in the table, for nodes that start while nobody is there to ask: three missed ones and a row is ignored.
    private static readonly TimeSpan SignOfLifePeriod = TimeSpan.FromSeconds(5);
    private const int SignsOfLifeMissedMax = 3;

    public static FailureDetection Within(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, WithinMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, WithinMax);
        var probe = limit / ProbesUntilDead;
        return new FailureDetection(probe, probe * TimeoutGrowth);
    }

    public void ApplyTo(ClusterMembershipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ProbeTimeout = ProbeTimeout;

        // Orleans adapts the timeout to the answers' times between these two; answers within a millisecond must not shorten it.
        options.MinProbeTimeout = ProbeTimeout;
        options.MaxProbeTimeout = ProbeTimeoutMax;
        options.NumMissedProbesLimit = 3;
        options.NumVotesForDeathDeclaration = 2;
        options.EnableIndirectProbes = true;
        options.ExtendProbeTimeoutDuringDegradation = true;

        // Nodes tell each other of changes; the table is read again in case that was lost.
        options.TableRefreshTimeout = SignOfLifePeriod * 2;
        options.IAmAliveTablePublishTimeout = SignOfLifePeriod;
        options.NumMissedTableIAmAliveLimit = SignsOfLifeMissedMax;

        // A node whose first contact with the others fails gives up and is started again by its supervisor.
        options.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);

        // Dead runs of nodes are of interest for a day at most.
        options.DefunctSiloExpiration = TimeSpan.FromDays(1);
        options.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
        options.MaxDefunctSiloEntries = 100;
    }
}
