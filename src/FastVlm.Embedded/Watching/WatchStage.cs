using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Embedded.Watching;

/// <summary>Sees what the stage does with each caption: a console, a test. Be quick and do not throw.</summary>
internal interface IWatchObserver
{
    /// <summary>A caption with the judgement of each rule, in the order of the rules.</summary>
    void OnCaption(Caption caption, IReadOnlyList<RuleVerdict> verdicts);

    /// <summary>A sampled frame that got no caption.</summary>
    void OnRefusal(CaptionRefusal refusal);

    /// <summary>An incident was opened, with its evidence, or cleared by this caption.</summary>
    void OnIncident(IncidentChange change, Caption caption);
}

/// <summary>
/// What happens with the captions of one camera, in this order: the rules judge it, the tracker says which incidents open
/// and clear, the observer sees it, the webhook is told. One caller at a time. Keeps nothing: a watch has no store.
/// </summary>
/// <param name="rules">The rules of the camera.</param>
/// <param name="byMediaTime">
/// Incidents are measured on the recording's own time line: one that is read faster than it plays would otherwise never
/// leave its first incident.
/// </param>
/// <param name="webhook">Null: there is none.</param>
/// <param name="observer">Sees everything.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class WatchStage(
    CompiledRuleSet rules, bool byMediaTime, WatchWebhook? webhook, IWatchObserver observer, TimeProvider timeProvider) : ICaptionSink
{
    private readonly IncidentTracker _tracker = new(rules.Camera.Id, new CooldownLedger());

    public async Task PublishAsync(Frame frame, CaptionOutcome outcome, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case Caption caption:
                await PublishAsync(caption, cancellationToken);
                break;
            case CaptionRefusal refusal:
                observer.OnRefusal(refusal);
                break;
        }
    }

    private async Task PublishAsync(Caption caption, CancellationToken cancellationToken)
    {
        var verdicts = rules.Evaluate(caption.Text, QuestionAnswers.None);
        var now = timeProvider.GetUtcNow();
        var matched = caption with { Stamps = caption.Stamps with { MatchedAt = now } };
        var episodeTime = byMediaTime && caption.Frame.MediaTime is { } mediaTime ? DateTimeOffset.UnixEpoch + mediaTime : now;
        var changes = _tracker.Advance(rules, verdicts, new LookTime(episodeTime, now));
        observer.OnCaption(matched, verdicts);
        foreach (var change in changes.Where(change => change.Kind is IncidentChangeKind.Opened or IncidentChangeKind.Cleared))
        {
            var told = WithEvidence(change, matched, verdicts);
            observer.OnIncident(told, matched);
            if (webhook is not null)
            {
                await webhook.TellAsync(told, now, cancellationToken);
            }
        }
    }

    /// <summary>Without pictures: nobody could fetch them here.</summary>
    private IncidentChange WithEvidence(IncidentChange change, Caption caption, IReadOnlyList<RuleVerdict> verdicts)
    {
        if (change.Kind != IncidentChangeKind.Opened)
        {
            return change;
        }

        var rule = rules.Rules.Single(rule => rule.Id == change.Incident.RuleId);
        return change with
        {
            Evidence = new Evidence
            {
                Caption = CaptionRecords.From(caption, verdicts, caption.Stamps.MatchedAt!.Value),
                Rule = rule.Spec,
                Verdict = verdicts.Single(verdict => verdict.RuleId == rule.Id),
                ModelFingerprint = caption.ModelFingerprint,
                Parameters = caption.Parameters,
                Pictures = [],
            },
        };
    }
}
