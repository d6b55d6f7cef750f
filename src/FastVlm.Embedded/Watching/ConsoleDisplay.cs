using System.Diagnostics;
using System.Globalization;
using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using Spectre.Console;

namespace FastVlm.Embedded.Watching;

/// <summary>
/// A log of captions that people read as it grows. On a terminal the caption that is being written grows word by word on
/// the last line, with the words that matched a rule marked; in a file each line appears once.
/// </summary>
internal sealed class ConsoleDisplay(CommandOutput output, WatchPlan plan, TimeProvider timeProvider) : IWatchDisplay
{
    private const int StampCells = 8;
    private const string StartOfClearedLine = "\r\u001b[2K";

    private readonly IAnsiConsole _console = output.People;
    private readonly bool _isLive = output.PeopleAreLive;
    private readonly Dictionary<IncidentId, TimeSpan?> _openedAt = [];
    private string _growing = "";

    public void Begin(LoadedModel model)
    {
        var description = model.Description;
        var licenceColour = Onnx.Store.ModelLicence.IsRestricted(description.Licence) ? "yellow" : "grey";
        _console.MarkupLine(
            $"[bold]{Escape(plan.CameraId.Value)}[/] [grey]{Escape(plan.SourceTitle)}[/]");
        _console.MarkupLine(
            $"[grey]model[/] {Escape(description.Name)} [{licenceColour}]({Escape(description.Licence)})[/] "
            + $"[grey]on {description.Device}, "
            + $"pictures of {description.InputSizePx} px, loaded in {Quantities.Duration(model.LoadTime)}[/]");
        if (plan.Rules.Rules.Count > 0)
        {
            var phrases = string.Join(", ", plan.Rules.Rules.Select(rule => $"'{rule.Spec.Expression}'"));
            _console.MarkupLine($"[grey]alert[/] {Escape(phrases)}{(plan.Webhook is null ? "" : " [grey]→ webhook[/]")}");
        }

        _console.WriteLine();
    }

    public void State(CameraStatus status)
    {
        // The reader may be done before the last caption is; the summary tells the end.
        if (status.State == CameraState.Ended)
        {
            return;
        }

        var text = status.State switch
        {
            CameraState.Connecting when status.Attempt > 1 => $"[yellow]◌ connecting, attempt {status.Attempt}[/]",
            CameraState.Connecting => "[grey]◌ connecting[/]",
            CameraState.Live => "[green]● live[/]",
            CameraState.Stalled => $"[yellow]◍ silent:[/] {Escape(status.Reason ?? "")}",
            CameraState.Offline =>
                $"[red]○ offline:[/] {Escape(status.Reason ?? "")} [grey]Next attempt in {status.RetryIn?.TotalSeconds:0.#} s.[/]",
            _ => throw new UnreachableException(),
        };
        Line(Stamp(null), text);
    }

    public void Text(Frame frame, string text)
    {
        if (!_isLive)
        {
            return;
        }

        _growing += text;
        var room = Math.Max(1, _console.Profile.Width - StampCells - 4);
        var shown = _growing.ReplaceLineEndings(" ");
        shown = shown.Length > room ? "…" + shown[^(room - 1)..] : shown;
        _console.Write(new ControlCode(StartOfClearedLine));
        _console.Markup($"[grey]{Stamp(frame.MediaTime)}[/]  {Escape(shown)}[grey]▌[/]");
    }

    public void Caption(Caption caption, TimeSpan? frameAge, IReadOnlyList<RuleVerdict> verdicts)
    {
        var cost = $"first token {Quantities.Duration(caption.Statistics.TimeToFirstToken)}"
            + (frameAge is { } age ? $", frame {Quantities.Duration(age)} old" : "");
        Line(Stamp(caption.Frame.MediaTime), $"{Marked(caption.Text, verdicts)}  [grey]{cost}[/]");
    }

    public void Refusal(CaptionRefusal refusal) =>
        Line(Stamp(refusal.Frame.MediaTime), $"[yellow]no caption:[/] {Escape(refusal.Detail)}");

    public void Incident(IncidentChange change, string alert, Caption caption)
    {
        var (incident, mediaTime) = (change.Incident, caption.Frame.MediaTime);
        if (change.Kind == IncidentChangeKind.Opened)
        {
            _openedAt[incident.Id] = mediaTime;
            Line(Stamp(mediaTime), $"[bold white on red] ALERT [/] [bold]{Escape(alert)}[/]: {Escape(incident.Why)}");
        }
        else
        {
            var length = Quantities.Duration(LengthOf(incident, mediaTime));
            Line(Stamp(mediaTime), $"[green]cleared[/] {Escape(alert)} [grey]after {length}[/]");
        }
    }

    public void Delivery(WatchDelivery told)
    {
        var delivery = told.Delivery;
        var attempts = delivery.AttemptCount == 1 ? "1 attempt" : $"{delivery.AttemptCount} attempts";
        Line(
            Stamp(null),
            told.Result == WatchDeliveryResult.Delivered
                ? $"[grey]webhook accepted {delivery.EventType} ({told.StatusCode}, {attempts})[/]"
                : $"[red]webhook:[/] {delivery.EventType} {told.Result.ToString().ToLowerInvariant()} after {attempts}: "
                    + Escape(delivery.LastResult ?? ""));
    }

    public void Drops(FeedCounters counters) => Line(Stamp(null), $"[yellow]{Escape(DropsIn(counters))}[/]");

    public void End(WatchSummary summary)
    {
        ClearGrowing();
        var counters = summary.Counters;
        _console.WriteLine();
        _console.WriteLine(
            $"{Count(summary.CaptionCount, "caption")} and {Count(summary.AlertCount, "alert")} in {Quantities.Duration(summary.Elapsed)}; "
            + $"{Count(counters.FramesRead, "frame")} read, {DropsIn(counters)}; {Count(counters.Restarts, "restart")}.");
    }

    private static string Escape(string text) => Markup.Escape(TerminalText.Clean(text));

    // A recording's incidents are as long as they were then, not as the reading of them took.
    private TimeSpan LengthOf(Incident cleared, TimeSpan? mediaTime) =>
        _openedAt.Remove(cleared.Id, out var from) && !plan.Source.IsLive && mediaTime - from is { } length
            ? length
            : cleared.ClearedAt!.Value - cleared.OpenedAt;

    private static string Count(long count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";

    private static string DropsIn(FeedCounters counters)
    {
        var reasons = counters.FramesDropped
            .Where(drop => drop.Value > 0 && drop.Key != DropReason.NotDue)
            .Select(drop => $"{drop.Value} {Words(drop.Key)}")
            .ToArray();
        return reasons.Length == 0 ? "none dropped" : $"{WatchSummary.LostOf(counters)} dropped ({string.Join(", ", reasons)})";
    }

    private static string Words(DropReason reason) => reason switch
    {
        DropReason.Replaced => "replaced by a newer one",
        DropReason.TooOld => "too old",
        DropReason.QueueFull => "model overloaded",
        DropReason.EngineStopped => "stopped",
        DropReason.Failed => "failed",
        _ => "not due",
    };

    // Where in a recording, or what time it is.
    private string Stamp(TimeSpan? mediaTime) =>
        mediaTime is { } at && !plan.Source.IsLive
            ? at.ToString(at.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss\.f", CultureInfo.InvariantCulture).PadLeft(StampCells)
            : timeProvider.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Marked(string caption, IReadOnlyList<RuleVerdict> verdicts)
    {
        var text = caption.ReplaceLineEndings(" ").Trim();
        var match = verdicts.FirstOrDefault(verdict => verdict.IsMatch && verdict.Span is not null);
        var at = match is null ? -1 : text.IndexOf(match.Span!, StringComparison.Ordinal);
        return at < 0
            ? Escape(text)
            : $"{Escape(text[..at])}[bold red]{Escape(match!.Span!)}[/]{Escape(text[(at + match.Span!.Length)..])}";
    }

    private void Line(string stamp, string markup)
    {
        ClearGrowing();
        if (!_isLive)
        {
            _console.MarkupLine($"{stamp}  {markup}");
            return;
        }

        // A grid, so that long captions continue under their own beginning.
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().Width(StampCells)).AddColumn(new GridColumn().PadRight(0));
        grid.AddRow($"[grey]{stamp}[/]", markup);
        _console.Write(grid);
    }

    private void ClearGrowing()
    {
        if (_growing.Length > 0)
        {
            _console.Write(new ControlCode(StartOfClearedLine));
            _growing = "";
        }
    }
}
