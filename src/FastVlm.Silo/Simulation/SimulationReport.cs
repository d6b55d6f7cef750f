using System.Globalization;
using System.Text.Json;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Silo.Simulation;

/// <summary>Writes what a simulation found, for people and for programs.</summary>
internal static class SimulationReport
{
    private const int LabelChars = 32;

    public static string ToJson(SimulationFigures figures)
    {
        var options = PlatformJson.Create();
        options.IncludeFields = true;
        return JsonSerializer.Serialize(figures with { Incidents = [] }, options);
    }

    public static string ToText(SimulationFigures figures) => string.Join(
        Environment.NewLine, Rows(figures).Select(row => $"{row.What.PadRight(LabelChars)} {row.Value}"));

    private static IEnumerable<(string What, string Value)> Rows(SimulationFigures figures) =>
        [.. Load(figures), .. Outcome(figures), .. Promises(figures), .. Cost(figures)];

    private static IEnumerable<(string What, string Value)> Load(SimulationFigures figures)
    {
        var plan = figures.Plan;
        yield return ("nodes, devices", Text($"{plan.Silos} with {plan.DevicesPerSilo} each, {plan.ModelMilliseconds:0.##} ms per look"));
        yield return ("cameras", Text($"{plan.Cameras} with {plan.LooksPerSecond:0.##} looks/s, {plan.Rules} rules"));
        yield return ("capacity", Text($"{plan.Capacity:0} looks/s for {plan.Cameras * plan.LooksPerSecond:0} asked for"));
        yield return ("simulated", Text($"{plan.Seconds:0.#} s after {SimulationPlan.WarmUp.TotalSeconds:0} s of warm-up, ")
            + Text($"{figures.SimulatedPerRealSecond:0.00} simulated s per real s"));
        yield return ("start", Text($"every camera had a feed after {figures.StartSeconds:0.0} real s"));
    }

    private static IEnumerable<(string What, string Value)> Outcome(SimulationFigures figures)
    {
        var (least, median, most) = figures.LooksPerCamera;
        yield return ("cameras per node at the end", List(figures.CamerasPerSilo));
        yield return ("looks per device", Text($"{figures.LooksPerDevice.Values.Min()} to {figures.LooksPerDevice.Values.Max()}"));
        yield return ("captions", Text($"{figures.Captions} ({figures.CaptionsPerSecond:0.0}/s)"));
        yield return ("frames dropped", figures.Drops.Count == 0 ? "none" : List(figures.Drops));
        yield return ("fair share", Text($"{figures.FairShare:0.0 %} of the cameras had at least half of the ")
            + Text($"{figures.LooksDuePerCamera:0.0} looks due; min {least}, median {median}, max {most}"));
        yield return ("frame age", Text($"p50 {figures.FrameAgeP50Seconds:0.000} s, p99 {figures.FrameAgeP99Seconds:0.000} s"));
    }

    private static IEnumerable<(string What, string Value)> Promises(SimulationFigures figures)
    {
        if (figures.KilledNode is { } dead)
        {
            yield return ("failover", figures.RecoveredInSimulatedSeconds is { } simulated
                ? Text($"{figures.KilledCameras} cameras of {dead} captioned again after {simulated:0.0} simulated s, ")
                    + Text($"{figures.RecoveredInRealSeconds:0.0} real s")
                : Text($"{figures.CamerasNotRecovered} of {figures.KilledCameras} cameras of {dead} are not captioned again"));
        }

        yield return ("two feeds at once", Text($"{figures.EpochOverlaps} captions; ")
            + Text($"{figures.EntriesRefused} entries of older ones refused"));
        yield return ("cameras without a feed", Text($"{figures.CamerasWithoutFeed}; with two: {figures.CamerasWithTwoFeeds}"));
        yield return ("incidents", Text($"{figures.IncidentsOpened} opened, {figures.IncidentsCleared} cleared, ")
            + Text($"{figures.IncidentsLost} lost, {figures.IncidentsSuperfluous} superfluous"));
    }

    private static IEnumerable<(string What, string Value)> Cost(SimulationFigures figures)
    {
        yield return ("processor", Text($"{figures.ProcessorMicrosecondsPerCameraSecond:0} µs per camera-second, ")
            + Text($"{figures.ProcessorMicrosecondsPerCaption:0} µs per caption, the simulation's own work included"));
        yield return ("allocated", Text($"{figures.AllocatedBytesPerCameraSecond / 1024:0.0} KiB per camera-second, ")
            + Text($"{figures.AllocatedBytesPerCaption / 1024:0.0} KiB per caption"));
        yield return ("memory", Text($"{figures.MemoryBytesPerCamera / 1024:0.0} KiB per camera and its rules, without frames"));
        yield return ("messages", Text($"{figures.MessagesBetweenNodesPerCaption:0.00} between nodes per caption ")
            + Text($"({figures.BytesBetweenNodesPerCaption:0} bytes)"));
        yield return ("transactions", Text($"{figures.TransactionsPerCaption:0.000} per caption"));
        yield return ("live subscribers", Text($"{figures.Plan.Subscribers}, {figures.EventsPerSubscriberSecond:0.0} events/s each; ")
            + Text($"{figures.EventsMissedBySubscribers} missed in all"));
        yield return ("looks not waited for", Text($"{figures.LooksNotWaitedFor}"));
    }

    private static string List(IReadOnlyDictionary<string, int> counts) =>
        string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => Text($"{count.Key} {count.Value}")));

    private static string List(IReadOnlyDictionary<string, long> counts) =>
        string.Join(", ", counts.OrderByDescending(count => count.Value).Select(count => Text($"{count.Key} {count.Value}")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
