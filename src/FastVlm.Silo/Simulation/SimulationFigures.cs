using FastVlm.Pipeline.Cameras;

namespace FastVlm.Silo.Simulation;

/// <summary>What a simulation found. Everything is of the measured time, after the warm-up, unless it is said otherwise.</summary>
internal sealed record SimulationFigures
{
    public required SimulationPlan Plan { get; init; }

    public required double RealSeconds { get; init; }

    public double SimulatedPerRealSecond => Plan.Seconds / RealSeconds;

    public required double StartSeconds { get; init; }

    public required IReadOnlyDictionary<string, int> CamerasPerSilo { get; init; }

    /// <summary>Since the start, by node and device.</summary>
    public required IReadOnlyDictionary<string, long> LooksPerDevice { get; init; }

    public required long Captions { get; init; }

    public double CaptionsPerSecond => Captions / Plan.Seconds;

    /// <summary>Since the start, of the feeds that live at the end.</summary>
    public required IReadOnlyDictionary<string, long> Drops { get; init; }

    /// <summary>Of the cameras, those with at least half of the looks that each gets where all get the same.</summary>
    public required double FairShare { get; init; }

    public required double LooksDuePerCamera { get; init; }

    public required (long Min, long Median, long Max) LooksPerCamera { get; init; }

    public required double FrameAgeP50Seconds { get; init; }

    public required double FrameAgeP99Seconds { get; init; }

    public string? KilledNode { get; init; }

    public int KilledCameras { get; init; }

    public double? RecoveredInSimulatedSeconds { get; init; }

    public double? RecoveredInRealSeconds { get; init; }

    public required long EpochOverlaps { get; init; }

    public required long EntriesRefused { get; init; }

    public required int CamerasWithoutFeed { get; init; }

    public required int CamerasWithTwoFeeds { get; init; }

    public required int CamerasNotRecovered { get; init; }

    public required long IncidentsOpened { get; init; }

    public required long IncidentsCleared { get; init; }

    public required long IncidentsLost { get; init; }

    public required long IncidentsSuperfluous { get; init; }

    public required double ProcessorMicrosecondsPerCameraSecond { get; init; }

    public required double ProcessorMicrosecondsPerCaption { get; init; }

    public required double AllocatedBytesPerCameraSecond { get; init; }

    public required double AllocatedBytesPerCaption { get; init; }

    public required double MemoryBytesPerCamera { get; init; }

    public required double MessagesBetweenNodesPerCaption { get; init; }

    public required double BytesBetweenNodesPerCaption { get; init; }

    public required double TransactionsPerCaption { get; init; }

    public required double EventsPerSubscriberSecond { get; init; }

    public required long EventsMissedBySubscribers { get; init; }

    public required long LooksNotWaitedFor { get; init; }

    /// <summary>Camera and event of every incident, in order.</summary>
    public required IReadOnlyList<(int Camera, long Event)> Incidents { get; init; }

    /// <summary>Sentences; none where every promise holds.</summary>
    public IReadOnlyList<string> Broken => [.. Judge()];

    public static SimulationFigures Of(
        SimulationPlan plan,
        SimulationRecord record,
        SimulationAudit audit,
        SimulatedStore store,
        SimulationMeter used,
        (IReadOnlyList<SimulatedNode> Nodes, IReadOnlyDictionary<string, int> Feeds) end,
        long missed)
    {
        var looks = audit.CaptionsPerCamera;
        var ages = audit.Ages();
        var due = SimulatedStory.LooksDue(plan, TimeSpan.FromSeconds(plan.Seconds));
        var captions = Math.Max(1, audit.Captions);
        return new SimulationFigures
        {
            Plan = plan,
            RealSeconds = used.Elapsed.TotalSeconds,
            StartSeconds = record.StartedIn.TotalSeconds,
            CamerasPerSilo = end.Feeds,
            LooksPerDevice = end.Nodes
                .SelectMany(node => node.Devices.Select(device => (Name: $"{node.Name}/{device.Device.Name}", device.Looks)))
                .ToDictionary(device => device.Name, device => device.Looks),
            Captions = audit.Captions,
            Drops = DropsOf(end.Nodes.Where(node => !node.IsDead)),
            LooksDuePerCamera = due,
            FairShare = looks.Count(count => count >= due / 2) / (double)plan.Cameras,
            LooksPerCamera = (looks[0], looks[looks.Count / 2], looks[^1]),
            FrameAgeP50Seconds = At(ages, 0.5),
            FrameAgeP99Seconds = At(ages, 0.99),
            KilledNode = record.KilledNode,
            KilledCameras = record.KilledCameras,
            RecoveredInSimulatedSeconds = record.RecoveredIn?.Simulated.TotalSeconds,
            RecoveredInRealSeconds = record.RecoveredIn?.Real.TotalSeconds,
            EpochOverlaps = audit.Overlaps,
            EntriesRefused = store.Refused,
            CamerasWithoutFeed = record.WithoutFeed,
            CamerasWithTwoFeeds = record.WithTwoFeeds,
            CamerasNotRecovered = audit.Orphans,
            IncidentsOpened = audit.Incidents.Count,
            IncidentsCleared = audit.Cleared,
            IncidentsLost = audit.Lost,
            IncidentsSuperfluous = audit.Superfluous,
            ProcessorMicrosecondsPerCameraSecond = used.Processor.TotalMicroseconds / plan.Cameras / plan.Seconds,
            ProcessorMicrosecondsPerCaption = used.Processor.TotalMicroseconds / captions,
            AllocatedBytesPerCameraSecond = used.AllocatedBytes / (double)plan.Cameras / plan.Seconds,
            AllocatedBytesPerCaption = used.AllocatedBytes / (double)captions,
            MemoryBytesPerCamera = record.MemoryBytes / (double)plan.Cameras,
            MessagesBetweenNodesPerCaption = used.Sent.Messages / (double)captions,
            BytesBetweenNodesPerCaption = used.Sent.Bytes / (double)captions,
            TransactionsPerCaption = used.Entries / (double)captions,
            EventsPerSubscriberSecond = used.SubscriberEvents / plan.Seconds / Math.Max(1, plan.Subscribers),
            EventsMissedBySubscribers = missed,
            LooksNotWaitedFor = record.Excused,
            Incidents = audit.Incidents,
        };
    }

    private static Dictionary<string, long> DropsOf(IEnumerable<SimulatedNode> nodes)
    {
        var drops = new Dictionary<string, long>(StringComparer.Ordinal);
        var reports = nodes.SelectMany(node => node.Cameras.Report().Values);
        foreach (var counters in reports.Select(report => report.Counters).OfType<FeedCounters>())
        {
            foreach (var (reason, count) in counters.FramesDropped.Where(drop => drop.Value > 0))
            {
                drops[reason.ToString()] = drops.GetValueOrDefault(reason.ToString()) + count;
            }
        }

        return drops;
    }

    // Nearest rank.
    private static double At(IReadOnlyList<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];

    private IEnumerable<string> Judge()
    {
        (long Count, string Promise)[] promises =
        [
            (CamerasWithoutFeed, "cameras have no feed at the end"),
            (CamerasWithTwoFeeds, "cameras have more than one feed at the end"),
            (CamerasNotRecovered, "cameras of the dead node have no new caption"),
            (EpochOverlaps, "captions came of a feed after one of a newer feed"),
            (IncidentsLost, "events were captioned and have no incident"),
            (IncidentsSuperfluous, "incidents were opened that no event of their own caused"),
        ];
        return promises.Where(promise => promise.Count > 0).Select(promise => $"{promise.Count} {promise.Promise}.");
    }
}
