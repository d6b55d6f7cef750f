using FastVlm.Embedded.Models;
using FastVlm.Embedded.Output;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Embedded.Watching;

/// <summary>
/// Tells what happens at the camera: JSON lines for programs, a display for people. Called from the feed, the model's
/// thread, the rules and the webhook; one lock keeps their lines whole.
/// </summary>
internal sealed class WatchReport : IWatchObserver
{
    // Drops are counted always and told at most this often.
    private static readonly TimeSpan DropsEvery = TimeSpan.FromSeconds(10);

    private readonly CommandOutput _output;
    private readonly WatchPlan _plan;
    private readonly TimeProvider _time;
    private readonly IWatchDisplay _display;
    private readonly Lock _lock = new();
    private readonly long _begin;
    private long _dropsToldAt;
    private long _dropsTold;
    private int _captionCount;
    private int _alertCount;
    private FailureException? _fatal;

    public WatchReport(CommandOutput output, WatchPlan plan, TimeProvider timeProvider)
    {
        _output = output;
        _plan = plan;
        _time = timeProvider;
        _begin = _dropsToldAt = timeProvider.GetTimestamp();
        _display = output.Json ? new NoDisplay() : new ConsoleDisplay(output, plan, timeProvider);
    }

    /// <summary>Told when no later frame can fare better; the pipeline is to be stopped.</summary>
    public Action OnFatal { get; set; } = () => { };

    public Func<FeedCounters>? Counters { get; set; }

    public void Begin(LoadedModel model)
    {
        var description = model.Description;
        _output.Event(new
        {
            Type = "model",
            description.Name,
            description.Licence,
            model.LicenceNotice,
            description.Device,
            description.InputSizePx,
            description.ContextLength,
            description.Fingerprint,
            LoadMs = Quantities.Milliseconds(model.LoadTime),
            Source = _plan.Source.Redacted,
            Camera = _plan.CameraId.Value,
            Alerts = _plan.Rules.Rules.Select(rule => rule.Spec.Expression),
        });
        lock (_lock)
        {
            _display.Begin(model);
        }
    }

    public void OnStatus(CameraStatus status)
    {
        _output.Event(new
        {
            Type = "state",
            Camera = status.CameraId.Value,
            status.State,
            At = status.Since,
            status.Reason,
            status.FailureKind,
            status.Attempt,
            RetryInSeconds = status.RetryIn is { } wait ? Math.Round(wait.TotalSeconds, 1) : (double?)null,
        });
        lock (_lock)
        {
            _display.State(status);
        }
    }

    public void OnText(Frame frame, string text)
    {
        lock (_lock)
        {
            _display.Text(frame, text);
        }
    }

    public void OnCaption(Caption caption, IReadOnlyList<RuleVerdict> verdicts)
    {
        _captionCount++;
        var age = FrameAgeOf(caption);
        _output.Event(new
        {
            Type = "caption",
            Camera = caption.Frame.CameraId.Value,
            caption.Text,
            FrameIndex = caption.Frame.Index,
            MediaTimeSeconds = caption.Frame.MediaTime?.TotalSeconds,
            FrameAgeMs = age is { } known ? Quantities.Milliseconds(known) : (double?)null,
            FirstTokenMs = Quantities.Milliseconds(caption.Statistics.TimeToFirstToken),
            caption.FinishReason,
            Statistics = AnswerReport.Statistics(caption.Statistics),
            Verdicts = _plan.Rules.Rules.Zip(
                verdicts, (rule, verdict) => new { Alert = rule.Spec.Expression, verdict.IsMatch, verdict.Why }),
            caption.Stamps,
        });
        lock (_lock)
        {
            _display.Caption(caption, age, verdicts);
        }

        TellDrops();
    }

    public void OnRefusal(CaptionRefusal refusal)
    {
        _output.Event(new
        {
            Type = "refused",
            Camera = refusal.Frame.CameraId.Value,
            FrameIndex = refusal.Frame.Index,
            refusal.Reason,
            refusal.Detail,
            refusal.FailureKind,
        });
        lock (_lock)
        {
            _display.Refusal(refusal);
        }

        // These concern prompt and model, not the picture: every later frame would fare the same.
        if (refusal.FailureKind is FailureKind.PromptTooLong or FailureKind.Usage or FailureKind.ModelInvalid && _captionCount == 0)
        {
            _fatal ??= new FailureException(refusal.FailureKind.Value, refusal.Detail);
            OnFatal();
        }

        TellDrops();
    }

    public void OnIncident(IncidentChange change, Caption caption)
    {
        var (incident, isOpened) = (change.Incident, change.Kind == IncidentChangeKind.Opened);
        _alertCount += isOpened ? 1 : 0;
        _output.Event(new
        {
            Type = isOpened ? "alert" : "cleared",
            IncidentId = incident.Id.Value,
            Camera = caption.Frame.CameraId.Value,
            Alert = ExpressionOf(incident),
            At = incident.ClearedAt ?? incident.OpenedAt,
            incident.OpenedAt,
            Matched = change.Evidence?.Verdict.Span,
            Why = incident.ClearReason ?? incident.Why,
            Caption = caption.Text,
            FrameIndex = caption.Frame.Index,
            MediaTimeSeconds = caption.Frame.MediaTime?.TotalSeconds,
        });
        lock (_lock)
        {
            _display.Incident(change, ExpressionOf(incident), caption);
        }
    }

    public void OnDelivery(WatchDelivery told)
    {
        var delivery = told.Delivery;
        _output.Event(new
        {
            Type = "delivery",
            WebhookId = delivery.Id.Value,
            IncidentId = delivery.IncidentId?.Value,
            Event = delivery.EventType,
            told.Result,
            Attempts = delivery.AttemptCount,
            told.StatusCode,
            Reason = told.Result == WatchDeliveryResult.Delivered ? null : delivery.LastResult,
            At = _time.GetUtcNow(),
        });
        lock (_lock)
        {
            _display.Delivery(told);
        }
    }

    public void End(FeedCounters counters)
    {
        var elapsed = _time.GetElapsedTime(_begin);
        _output.Event(new
        {
            Type = "summary",
            Seconds = Math.Round(elapsed.TotalSeconds, 1),
            Captions = _captionCount,
            Alerts = _alertCount,
            Frames = counters,
        });
        lock (_lock)
        {
            _display.End(new WatchSummary(elapsed, _captionCount, _alertCount, counters));
        }
    }

    /// <exception cref="FailureException">The watch was stopped because no frame can be captioned.</exception>
    public void ThrowIfFatal()
    {
        if (_fatal is not null)
        {
            throw _fatal;
        }
    }

    private string ExpressionOf(Incident incident) => _plan.Rules.Rules.Single(rule => rule.Id == incident.RuleId).Spec.Expression!;

    // The frames of a recording have no age: they wait as long as the model needs.
    private TimeSpan? FrameAgeOf(Caption caption) =>
        _plan.Source.IsLive || _plan.PlaysInRealTime ? caption.Stamps.LastTokenAt - caption.Stamps.CapturedAt : null;

    private void TellDrops()
    {
        if (Counters?.Invoke() is not { } counters || _time.GetElapsedTime(_dropsToldAt) < DropsEvery)
        {
            return;
        }

        var lost = WatchSummary.LostOf(counters);
        _dropsToldAt = _time.GetTimestamp();
        if (lost == _dropsTold)
        {
            return;
        }

        _dropsTold = lost;
        _output.Event(new { Type = "drops", Camera = _plan.CameraId.Value, Lost = lost, Frames = counters });
        lock (_lock)
        {
            _display.Drops(counters);
        }
    }
}

/// <summary>What a watch came to.</summary>
internal sealed record WatchSummary(TimeSpan Elapsed, int CaptionCount, int AlertCount, FeedCounters Counters)
{
    /// <summary>Frames that were due and got no caption. A frame that was not due yet is no loss.</summary>
    public static long LostOf(FeedCounters counters) =>
        counters.FramesDropped.Where(drop => drop.Key is not DropReason.NotDue).Sum(drop => drop.Value);
}
