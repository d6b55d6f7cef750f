using System.Globalization;
using System.Text;
using FastVlm.Benchmarks.Measuring;

namespace FastVlm.Benchmarks.Load;

/// <summary>Figures as a Markdown table.</summary>
internal static class LoadReport
{
    private const double Mebibyte = 1024 * 1024;

    public static string Write(LoadFigures figures)
    {
        var text = new StringBuilder();
        text.AppendLine(Machine.Describe()).AppendLine();
        text.AppendLine("| | |").AppendLine("|---|---|");
        foreach (var (what, value) in Rows(figures)) text.Append("| ").Append(what).Append(" | ").Append(value).AppendLine(" |");
        text.AppendLine().AppendLine("| ms | p50 | p95 | p99 | max | of |").AppendLine("|---|---|---|---|---|---|");
        foreach (var (what, quantiles) in Latencies(figures.Observer))
        {
            text.AppendLine(Invariant($"| {what} | {quantiles.P50:0.0} | {quantiles.P95:0.0} | {quantiles.P99:0.0} ")
                + Invariant($"| {quantiles.Max:0} | {quantiles.Count} |"));
        }

        return text.ToString();
    }

    private static IEnumerable<(string What, string Value)> Rows(LoadFigures figures) =>
        [.. Load(figures), .. Outcome(figures), .. Cost(figures), .. Memory(figures)];

    private static IEnumerable<(string What, string Value)> Load(LoadFigures figures)
    {
        var plan = figures.Plan;
        yield return ("cameras", Invariant(
            $"{plan.SyntheticCameras} in the process ({plan.WidthPx} × {plan.HeightPx} px, {plan.FramesPerSecond:0.#} frames/s), ")
            + Invariant($"{plan.RtspCameras} over RTSP; at the end: ")
            + string.Join(", ", figures.Frames.States.Select(state => $"{state.Value} {state.Key}")));
        yield return ("measured for", Invariant($"{figures.Elapsed.TotalSeconds:0} s after {plan.WarmUp.TotalSeconds:0} s of warm-up"));
        yield return ("rules, browsers", Invariant($"{plan.Rules} at every camera; {plan.Watchers} that watch every camera with its text"));
        yield return ("model", Invariant($"scripted, one worker, {plan.ModelTime.TotalMilliseconds:0.#} ms per look; ")
            + Invariant($"measured p50 {figures.Observer.Model.Read().P50:0.0}, p99 {figures.Observer.Model.Read().P99:0.0} ms"));
        yield return ("processor used by others", Invariant(
            $"{figures.OtherProcessor / figures.Elapsed:0.00} cores of {Environment.ProcessorCount}"));
    }

    private static IEnumerable<(string What, string Value)> Outcome(LoadFigures figures)
    {
        var observer = figures.Observer;
        var frames = figures.Frames;
        yield return ("looks", Invariant($"{frames.Captioned} ({frames.Captioned / figures.Elapsed.TotalSeconds:0.0}/s of ")
            + Invariant($"{figures.Plan.Cameras * figures.Plan.LooksPerSecond:0.#}/s asked for); ")
            + Invariant($"{observer.CaptionsNotStored} not stored at once"));
        yield return ("incidents", Invariant($"{observer.IncidentsOpened} opened, {observer.IncidentsCleared} cleared; ")
            + Invariant($"{observer.Deliveries} deliveries accepted, {observer.FailedAttempts} tries failed"));
        yield return ("frames", Invariant($"{frames.Read} read ({frames.Read / figures.Elapsed.TotalSeconds:0}/s), ")
            + Invariant($"{frames.Sampled} sampled, {frames.Restarts} restarts"));
        var drops = frames.Dropped.Where(drop => drop.Value > 0).OrderByDescending(drop => drop.Value);
        yield return ("frames dropped", string.Join(", ", drops.Select(drop => Invariant($"{drop.Key} {drop.Value}"))));
        yield return ("events to each browser", Invariant(
            $"{figures.Watched.Messages / figures.Elapsed.TotalSeconds / Math.Max(1, figures.Plan.Watchers):0} messages/s, ")
            + Invariant($"{figures.Watched.Bytes / figures.Elapsed.TotalSeconds / Math.Max(1, figures.Plan.Watchers) / 1000:0} kB/s; ")
            + Invariant($"{observer.Missed} missed by the measuring one, {figures.LostConnections} connections lost"));
    }

    private static IEnumerable<(string What, string Value)> Cost(LoadFigures figures)
    {
        var seconds = figures.Elapsed.TotalSeconds;
        var own = figures.End.OwnProcessor - figures.Begin.OwnProcessor;
        var children = figures.End.ChildrenProcessor - figures.Begin.ChildrenProcessor;
        var (begin, end) = (figures.Begin, figures.End);
        yield return ("processor, platform", Invariant($"{own.TotalSeconds / seconds:0.00} cores: ")
            + Invariant($"{own.TotalMilliseconds / seconds / figures.Plan.Cameras:0.00} ms per camera and second, ")
            + Invariant($"{own.TotalMilliseconds / Math.Max(1, figures.Frames.Captioned):0.00} ms per look"));
        if (figures.Plan.RtspCameras > 0)
        {
            yield return ("processor, ffmpeg", Invariant($"{children.TotalSeconds / seconds:0.00} cores: ")
                + Invariant($"{children.TotalMilliseconds / seconds / figures.Plan.RtspCameras:0.00} ms per RTSP camera and second"));
        }

        var allocated = (end.AllocatedBytes - begin.AllocatedBytes) / seconds / Mebibyte;
        yield return ("garbage collection", Invariant($"{allocated:0} MiB/s allocated; ")
            + Invariant($"{end.Collections.Gen0 - begin.Collections.Gen0} / {end.Collections.Gen1 - begin.Collections.Gen1} / ")
            + Invariant($"{end.Collections.Gen2 - begin.Collections.Gen2} collections, paused for ")
            + Invariant($"{(end.CollectionPauses - begin.CollectionPauses).TotalSeconds / seconds:0.0 %} of the time"));
    }

    private static IEnumerable<(string What, string Value)> Memory(LoadFigures figures)
    {
        var resident = figures.Samples.Select(sample => sample.ResidentBytes).Order().ToList();
        var median = resident[resident.Count / 2];
        yield return ("memory, platform", Invariant($"{figures.Empty.ResidentBytes / Mebibyte:0} MiB without cameras, ")
            + Invariant($"median {median / Mebibyte:0}, ")
            + Invariant($"most {resident[^1] / Mebibyte:0}, at the end {figures.End.ResidentBytes / Mebibyte:0} MiB; ")
            + Invariant($"{(median - figures.Empty.ResidentBytes) / Mebibyte / figures.Plan.Cameras:0.0} MiB per camera"));
        if (figures.Plan.RtspCameras > 0)
        {
            var perCamera = figures.End.ChildrenResidentBytes / Mebibyte / figures.Plan.RtspCameras;
            yield return ("memory, ffmpeg", Invariant($"{perCamera:0.0} MiB per RTSP camera, shared pages counted each time"));
        }

        yield return ("on disk at the end", Invariant(
            $"{figures.DataBytes / Mebibyte:0.0} MiB, {figures.DatabaseBytes / Mebibyte:0.0} of it the database"));
    }

    private static IEnumerable<(string What, Quantiles Value)> Latencies(LoadObserver observer) =>
    [
        ("frame to incident on disk, without the model's time", observer.FrameToIncident.Read()),
        ("frame to caption on disk, without the model's time", observer.FrameToStored.Read()),
        ("... captured to sampled", observer.CaptureToSampled.Read()),
        ("... sampled to the model's start (its queue)", observer.SampledToStarted.Read()),
        ("... answer to judged by the rules", observer.AnswerToMatched.Read()),
        ("... judged to on disk", observer.MatchedToStored.Read()),
        ("incident change to the receiver's 2xx", observer.IncidentToDelivered.Read()),
        ("frame to the receiver's 2xx, without the model's time", observer.FrameToDelivered.Read()),
    ];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
