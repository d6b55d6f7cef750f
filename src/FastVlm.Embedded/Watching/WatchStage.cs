using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Embedded.Watching;

/// <summary>Sees what the stage does with each caption: a console, a live view, a test. Be quick and do not throw.</summary>
internal interface IWatchObserver
{
    /// <summary>A caption with the judgement of each rule, in the order of the rules.</summary>
    void OnCaption(Caption caption, IReadOnlyList<TextVerdict> verdicts);

    /// <summary>A sampled frame that got no caption.</summary>
    void OnRefusal(CaptionRefusal refusal);

    void OnAlert(Alert alert);
}

/// <summary>
/// What happens with the captions of one camera, in this order: every rule judges it, each rule's policy says whether an
/// episode begins or ends, the observer sees it, the alert goes to its receivers. One caller at a time.
/// </summary>
internal sealed class WatchStage : ICaptionSink
{
    private readonly List<RuleState> rules;
    private readonly IReadOnlyList<IAlertSink> sinks;
    private readonly IWatchObserver observer;
    private readonly TimeProvider timeProvider;
    private readonly bool byMediaTime;

    public WatchStage(
        IReadOnlyList<PhraseRule> rules,
        AlertPolicyOptions policy,
        IReadOnlyList<IAlertSink> sinks,
        IWatchObserver observer,
        TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(policy);
        this.rules = [.. rules.Select(rule => new RuleState(rule, new AlertPolicy(policy)))];
        this.sinks = sinks;
        this.observer = observer;
        this.timeProvider = timeProvider;
        byMediaTime = policy.ByMediaTime;
    }

    public Task PublishAsync(CaptionOutcome outcome, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case Caption caption:
                Publish(caption);
                break;
            case CaptionRefusal refusal:
                observer.OnRefusal(refusal);
                break;
        }

        return Task.CompletedTask;
    }

    private void Publish(Caption caption)
    {
        var verdicts = rules.Select(state => state.Rule.Judge(caption.Text)).ToList();
        var now = timeProvider.GetUtcNow();
        var matched = caption with { Stamps = caption.Stamps with { MatchedAt = now } };
        var episodeTime = byMediaTime && caption.Frame.MediaTime is { } mediaTime ? DateTimeOffset.UnixEpoch + mediaTime : now;
        observer.OnCaption(matched, verdicts);
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Advance(verdicts[i], matched, episodeTime, now) is not { } alert)
            {
                continue;
            }

            observer.OnAlert(alert);
            foreach (var sink in sinks)
            {
                sink.Offer(alert);
            }
        }
    }

    /// <summary>A rule and its present episode.</summary>
    private sealed class RuleState(PhraseRule rule, AlertPolicy policy)
    {
        private string episodeId = "";
        private DateTimeOffset raisedAt;

        public PhraseRule Rule { get; } = rule;

        public Alert? Advance(TextVerdict verdict, Caption caption, DateTimeOffset episodeTime, DateTimeOffset now)
        {
            var change = policy.Advance(verdict.IsMatch, episodeTime);
            if (change == AlertChange.Raised)
            {
                episodeId = NewId("episode", now);
                raisedAt = now;
            }

            return change == AlertChange.None
                ? null
                : new Alert
                {
                    Id = NewId("alert", now),
                    EpisodeId = episodeId,
                    Kind = change == AlertChange.Raised ? AlertKind.Raised : AlertKind.Cleared,
                    At = now,
                    RaisedAt = raisedAt,
                    Rule = Rule.Phrase,
                    Span = verdict.Span,
                    Why = verdict.Why,
                    Caption = caption,
                };
        }

        /// <summary>Sorts by time, and is unique also between processes.</summary>
        private static string NewId(string prefix, DateTimeOffset now) => $"{prefix}_{Guid.CreateVersion7(now):N}";
    }
}
