using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Nodes;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Web.Metrics;

/// <summary>What the figures of a process are taken from.</summary>
public sealed record NodeMetricsSources
{
    public required string Version { get; init; }

    /// <summary>The cameras that this process reads; those of other nodes are told there.</summary>
    public required Func<CancellationToken, Task<IReadOnlyDictionary<CameraId, CameraReport>>> Cameras { get; init; }

    /// <summary>This node.</summary>
    public required Func<NodeReport> Self { get; init; }

    /// <summary>The whole installation; null on nodes that do not look at it.</summary>
    public PlatformPorts? Installation { get; init; }
}

/// <summary>
/// The figures of this process for Prometheus, from snapshots that exist anyhow. What happens on a node is told by that node
/// alone, so sums over nodes are right; what all share (nodes, incidents, deliveries) is told by each web node, so take the
/// maximum. Safe for concurrent use. OpenTelemetry's meters will take this class's place.
/// </summary>
public sealed class NodeMetrics(NodeMetricsSources sources)
{
    /// <summary>A scrape waits no longer for the store: Prometheus gives up after 10 s and would lose the rest, too.</summary>
    private static readonly TimeSpan StoreWithin = TimeSpan.FromSeconds(3);

    private readonly FrameTally tally = new();
    private readonly Lock gate = new();

    /// <summary>Prometheus' text format.</summary>
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        var text = new MetricsText();
        WriteProcess(text);
        WriteCameras(text, await sources.Cameras(cancellationToken));
        WriteNode(text, sources.Self());
        if (sources.Installation is { } ports)
        {
            await WriteInstallationAsync(text, ports, cancellationToken);
        }

        return text.ToString();
    }

    private void WriteProcess(MetricsText text)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        text.Add(MetricFamilies.BuildInfo, 1, ("version", sources.Version));
        var start = new DateTimeOffset(process.StartTime.ToUniversalTime());
        text.Add(MetricFamilies.ProcessStart, start.ToUnixTimeMilliseconds() / 1000.0);
        text.Add(MetricFamilies.ProcessCpu, process.TotalProcessorTime.TotalSeconds);
        text.Add(MetricFamilies.ProcessMemory, process.WorkingSet64);
    }

    private void WriteCameras(MetricsText text, IReadOnlyDictionary<CameraId, CameraReport> reports)
    {
        text.AddEach(MetricFamilies.Cameras, "state", Count(reports.Values.Select(report => report.Status.State)));
        lock (gate)
        {
            tally.Observe(reports);
            foreach (var outcome in FrameTally.Outcomes)
            {
                text.Add(MetricFamilies.Frames, tally.Totals[outcome], ("outcome", outcome));
            }

            text.Add(MetricFamilies.CameraRestarts, tally.Totals[FrameTally.Restarts]);
            text.Add(MetricFamilies.CameraStalls, tally.Totals[FrameTally.Stalls]);
        }
    }

    private static void WriteNode(MetricsText text, NodeReport self)
    {
        text.Add(MetricFamilies.Stages, self.StageCount);
        foreach (var device in self.Devices)
        {
            text.Add(MetricFamilies.Looks, device.AnsweredCount, ("node", self.Name), ("device", device.Name));
        }

        foreach (var device in self.Devices)
        {
            text.Add(MetricFamilies.InferenceWaiting, device.Waiting, ("node", self.Name), ("device", device.Name));
        }
    }

    private static async Task WriteInstallationAsync(MetricsText text, PlatformPorts ports, CancellationToken cancellationToken)
    {
        text.AddEach(MetricFamilies.Nodes, "state", Count(ports.Nodes.List().Select(node => node.State)));
        var cameras = ports.Configuration.Cameras.List();
        var on = cameras.Count(camera => camera.Spec.Enabled);
        text.Add(MetricFamilies.CamerasConfigured, on, ("enabled", "true"));
        text.Add(MetricFamilies.CamerasConfigured, cameras.Count - on, ("enabled", "false"));
        text.Add(MetricFamilies.Problems, ports.Health.Problems.Count);
        try
        {
            var pending = new DeliveryQuery { State = DeliveryState.Pending, Limit = Limits.PageLengthMax };
            var incidents = ports.Incidents.ListOpenAsync(cancellationToken);
            var deliveries = ports.Outbox.FindAsync(pending, cancellationToken);
            await Task.WhenAll(incidents, deliveries).WaitAsync(StoreWithin, ports.TimeProvider, cancellationToken);
            text.Add(MetricFamilies.StoreUp, 1);
            text.Add(MetricFamilies.IncidentsOpen, (await incidents).Count);
            text.Add(MetricFamilies.DeliveriesPending, (await deliveries).Count);
        }
        catch (Exception e) when (e is StorageException or TimeoutException)
        {
            // What is not known is left out, rather than told as 0.
            text.Add(MetricFamilies.StoreUp, 0);
        }
    }

    private static Dictionary<T, long> Count<T>(IEnumerable<T> values)
        where T : notnull => values.CountBy(value => value).ToDictionary(pair => pair.Key, pair => (long)pair.Value);
}
