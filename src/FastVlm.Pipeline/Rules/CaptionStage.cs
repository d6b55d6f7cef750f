using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Rules;

/// <summary>What a stage works with.</summary>
public sealed record CaptionStageSetup
{
    public required CompiledRuleSet Rules { get; init; }

    /// <summary>The camera's incidents, restored; outlives the stage where a camera is restarted.</summary>
    public required IncidentTracker Tracker { get; init; }

    public required JournalBacklog Journal { get; init; }

    public required ILiveFeed Feed { get; init; }

    public required IDeliveryPlanner Planner { get; init; }

    public required IEvidencePictures Pictures { get; init; }

    /// <summary>Its epoch, where another stage of the camera may be started elsewhere; null where this is the only process.</summary>
    public long? Epoch { get; init; }

    /// <summary>Measure incidents on the recording's own time line: for recordings that are read faster than they play.</summary>
    public bool ByMediaTime { get; init; }
}

/// <summary>
/// What happens with the captions of one camera, in this order: the rules judge it, the tracker says which incidents open
/// and clear, evidence is taken for those that open, the deliveries that tell of it are planned, everything is stored in
/// one entry, people see it. A store that fails holds nothing up (<see cref="JournalBacklog"/>).
/// </summary>
public sealed class CaptionStage : ICameraStage, IDisposable
{
    private readonly CaptionStageSetup setup;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    // Captions come one at a time; ticks and the end come from elsewhere. Left to the collector: with a disposed one, a tick
    // that waits for its turn when the camera is removed would wait for ever.
    private readonly SemaphoreSlim turn = new(1);
    private volatile CompiledRuleSet rules;
    private volatile bool isEnded;
    private long refusedCount;
    private bool remembersAnything;

    public CaptionStage(CaptionStageSetup setup, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(setup);
        this.setup = setup;
        this.timeProvider = timeProvider;
        this.logger = logger;
        rules = setup.Rules;

        // What an earlier stage has stored must be taken back where the first look makes nothing of it.
        remembersAnything = setup.Tracker.Snapshot().Rules.Count > 0;
    }

    /// <summary>Swapped while the camera runs; a caption is judged by the set that is there when it comes.</summary>
    public CompiledRuleSet Rules
    {
        get => rules;
        set => rules = value;
    }

    /// <summary>Frames that got no caption.</summary>
    public long RefusedCount => Interlocked.Read(ref refusedCount);

    public Task<CaptionRecord?> PublishAsync(CaptionOutcome outcome, CancellationToken cancellationToken) =>
        PublishAsync(outcome, feedEpoch: null, cancellationToken);

    /// <param name="outcome">What came of a frame.</param>
    /// <param name="feedEpoch">Of the feed that read the frame; null where this is the only process.</param>
    /// <param name="cancellationToken">Stops waiting for its turn.</param>
    /// <inheritdoc cref="ICameraStage.PublishAsync"/>
    public async Task<CaptionRecord?> PublishAsync(CaptionOutcome outcome, long? feedEpoch, CancellationToken cancellationToken)
    {
        if (outcome is not Caption caption)
        {
            Interlocked.Increment(ref refusedCount);
            return null;
        }

        await turn.WaitAsync(cancellationToken);
        try
        {
            return await JudgeAsync(caption, feedEpoch, cancellationToken);
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

    private async Task<CaptionRecord> JudgeAsync(Caption caption, long? feedEpoch, CancellationToken cancellationToken)
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
            changes = await WithEvidenceAsync(changes, new Look(caption, record, judges, verdicts), cancellationToken);
        }

        // Durable, then visible.
        var isStored = await StoreAsync(record, changes, (now, feedEpoch), cancellationToken);
        var shown = record with { Stamps = record.Stamps with { StoredAt = isStored ? timeProvider.GetUtcNow() : null } };
        setup.Feed.Publish(new CaptionEvent(shown) { CameraId = shown.CameraId });
        Show(changes);
        return shown;
    }

    private async Task<IReadOnlyList<IncidentChange>> WithEvidenceAsync(
        IReadOnlyList<IncidentChange> changes, Look look, CancellationToken cancellationToken)
    {
        var pictures = await setup.Pictures.TakeAsync(look.Caption.Frame, cancellationToken);
        return
        [
            .. changes.Select(change =>
                change.Kind == IncidentChangeKind.Opened ? change with { Evidence = look.Prove(change.Incident, pictures) } : change),
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
                await StoreAsync(null, changes, (now, null), cancellationToken);
                Show(changes);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> StoreAsync(
        CaptionRecord? record, IReadOnlyList<IncidentChange> changes, (DateTimeOffset Now, long? FeedEpoch) origin,
        CancellationToken cancellationToken)
    {
        var entry = new StageEntry
        {
            Caption = record,
            Changes = changes,
            Deliveries = [.. changes.SelectMany(change => setup.Planner.Plan(change, origin.Now))],
            State = ChangedState(),
            Fence = setup.Epoch is { } epoch ? new Fence(setup.Tracker.Camera, origin.FeedEpoch, epoch) : null,
        };
        return await setup.Journal.AppendAsync(entry, cancellationToken);
    }

    /// <summary>Only a stage that may be gone on with elsewhere stores it, and only while there is anything to remember.</summary>
    private TrackerState? ChangedState()
    {
        if (setup.Epoch is null)
        {
            return null;
        }

        var state = setup.Tracker.Snapshot();
        var isWorthIt = state.Rules.Count > 0 || remembersAnything;
        remembersAnything = state.Rules.Count > 0;
        return isWorthIt ? state : null;
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
internal sealed record Look(Caption Caption, CaptionRecord Record, CompiledRuleSet Rules, IReadOnlyList<RuleVerdict> Verdicts)
{
    /// <summary>Everything that was said and decided, for an incident that this look opens.</summary>
    public Evidence Prove(Incident incident, IReadOnlyList<EvidencePicture> pictures)
    {
        var rule = Rules.Rules.First(candidate => candidate.Id == incident.RuleId);
        return new Evidence
        {
            Caption = Record,
            Rule = rule.Spec,
            Verdict = Verdicts.First(verdict => verdict.RuleId == rule.Id),
            ModelFingerprint = Caption.ModelFingerprint,
            Parameters = Caption.Parameters,
            Pictures = pictures,
        };
    }
}
