using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Rules;

/// <summary>What a stage works with.</summary>
public sealed record CaptionStageSetup
{
    public required CompiledRuleSet Rules { get; init; }

    /// <summary>The camera's incidents; outlives the stage where a camera is restarted.</summary>
    public required IncidentTracker Tracker { get; init; }

    public required JournalBacklog Journal { get; init; }

    public required ILiveFeed Feed { get; init; }

    public required IDeliveryPlanner Planner { get; init; }

    public required IPictureEncoder Encoder { get; init; }

    public required IPreRoll PreRoll { get; init; }

    /// <summary>Measure incidents on the recording's own time line: for recordings that are read faster than they play.</summary>
    public bool ByMediaTime { get; init; }

    /// <summary>Told of each caption with its frame, once it is stored or waits for that. Be quick and do not throw.</summary>
    public Action<CaptionRecord, Frame>? OnCaption { get; init; }
}

/// <summary>
/// What happens with the captions of one camera, in this order: the rules judge it, the tracker says which incidents open
/// and clear, evidence is taken for those that open, the deliveries that tell of it are planned, everything is stored in
/// one entry, people see it. A store that fails holds nothing up (<see cref="JournalBacklog"/>).
/// </summary>
public sealed class CaptionStage : ICaptionSink, IDisposable
{
    private readonly CaptionStageSetup setup;
    private readonly EvidenceTaker evidence;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    // Captions come one at a time; ticks and the end come from elsewhere. Left to the collector: with a disposed one, a tick
    // that waits for its turn when the camera is removed would wait for ever.
    private readonly SemaphoreSlim turn = new(1);
    private volatile CompiledRuleSet rules;
    private volatile bool isEnded;
    private long refusedCount;

    public CaptionStage(CaptionStageSetup setup, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(setup);
        this.setup = setup;
        this.timeProvider = timeProvider;
        this.logger = logger;
        rules = setup.Rules;
        evidence = new EvidenceTaker(setup.Encoder, setup.PreRoll, logger);
    }

    /// <summary>Swapped while the camera runs; a caption is judged by the set that is there when it comes.</summary>
    public CompiledRuleSet Rules
    {
        get => rules;
        set => rules = value;
    }

    /// <summary>Frames that got no caption.</summary>
    public long RefusedCount => Interlocked.Read(ref refusedCount);

    public async Task PublishAsync(CaptionOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome is not Caption caption)
        {
            Interlocked.Increment(ref refusedCount);
            return;
        }

        await turn.WaitAsync(cancellationToken);
        try
        {
            await PublishAsync(caption, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// Lets time pass without a caption: ends schedules, tells of incidents whose cooldown is over, takes new rules into
    /// account. To be called every few seconds.
    /// </summary>
    public Task TickAsync(CancellationToken cancellationToken) =>
        ChangeAsync(now => setup.Tracker.Tick(rules, now), cancellationToken);

    /// <summary>A person acknowledged or judged one of the camera's incidents; it is stored already.</summary>
    public Task AnnotateAsync(Incident annotated, CancellationToken cancellationToken) => ChangeAsync(
        _ =>
        {
            setup.Tracker.Annotate(annotated);
            return [];
        },
        cancellationToken);

    /// <summary>Clears what is open, because the camera is removed or disabled.</summary>
    /// <param name="reason">One sentence for people.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task ClearAsync(string reason, CancellationToken cancellationToken) =>
        ChangeAsync(now => setup.Tracker.ClearAll(reason, now), cancellationToken);

    /// <summary>From now on ticks do nothing. Captions do not come any more.</summary>
    public void Dispose() => isEnded = true;

    private async Task PublishAsync(Caption caption, CancellationToken cancellationToken)
    {
        // Judge: pure and first.
        var judges = rules;
        var verdicts = judges.Evaluate(caption.Text, new QuestionAnswers(caption.Parameters.Questions, caption.YesProbabilities));
        var now = timeProvider.GetUtcNow();
        var episodeTime = setup.ByMediaTime && caption.Frame.MediaTime is { } mediaTime ? DateTimeOffset.UnixEpoch + mediaTime : now;
        var record = CaptionRecords.From(caption, verdicts, now);
        var changes = setup.Tracker.Advance(judges, verdicts, new LookTime(episodeTime, now));

        // Evidence: the moment is gone soon.
        if (changes.Any(change => change.Kind == IncidentChangeKind.Opened))
        {
            changes = WithEvidence(changes, new Look(caption, record, judges, verdicts));
        }

        // Durable, then visible.
        var isStored = await StoreAsync(record, changes, now, cancellationToken);
        var shown = record with { Stamps = record.Stamps with { StoredAt = isStored ? timeProvider.GetUtcNow() : null } };
        setup.OnCaption?.Invoke(shown, caption.Frame);
        setup.Feed.Publish(new CaptionEvent(shown) { CameraId = shown.CameraId });
        Show(changes);
    }

    private IReadOnlyList<IncidentChange> WithEvidence(IReadOnlyList<IncidentChange> changes, Look look)
    {
        var pictures = evidence.Take(look.Caption.Frame);
        return
        [
            .. changes.Select(change =>
                change.Kind == IncidentChangeKind.Opened ? EvidenceTaker.Attach(change, look, pictures) : change),
        ];
    }

    private async Task ChangeAsync(Func<DateTimeOffset, IReadOnlyList<IncidentChange>> decide, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var now = timeProvider.GetUtcNow();
            var changes = isEnded ? [] : decide(now);
            if (changes.Count > 0)
            {
                await StoreAsync(null, changes, now, cancellationToken);
                Show(changes);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> StoreAsync(
        CaptionRecord? record, IReadOnlyList<IncidentChange> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var entry = new StageEntry
        {
            Caption = record,
            Changes = changes,
            Deliveries = [.. changes.SelectMany(change => setup.Planner.Plan(change, now))],
        };
        return await setup.Journal.AppendAsync(entry, cancellationToken);
    }

    private void Show(IReadOnlyList<IncidentChange> changes)
    {
        foreach (var (kind, incident, _) in changes)
        {
            Log(kind, incident);
            setup.Feed.Publish(new IncidentEvent(kind, incident) { CameraId = incident.CameraId });
        }
    }

    private void Log(IncidentChangeKind kind, Incident incident)
    {
        switch (kind)
        {
            case IncidentChangeKind.Opened:
                logger.IncidentOpened(setup.Tracker.Camera, incident.Id, incident.Title, incident.Why);
                break;
            case IncidentChangeKind.Cleared:
                logger.IncidentCleared(setup.Tracker.Camera, incident.Id, incident.Title, incident.ClearReason ?? "");
                break;
        }
    }
}

/// <summary>One look with everything that was decided about it.</summary>
internal sealed record Look(Caption Caption, CaptionRecord Record, CompiledRuleSet Rules, IReadOnlyList<RuleVerdict> Verdicts);
