using FastVlm.Embedded.Watching;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

public sealed class WatchStageTests : IWatchObserver
{
    private static readonly CompiledRuleSet Rules = WatchRules.Build(TestFrames.Camera, ["part dropped", "smoke"], confirm: 1);

    private readonly ManualTimeProvider time = new();
    private readonly List<string> seen = [];
    private readonly List<IncidentChange> changes = [];
    private readonly WatchStage stage;

    public WatchStageTests() => stage = new WatchStage(Rules, byMediaTime: false, webhook: null, this, time);

    [Fact]
    public async Task A_match_is_shown_and_opens_one_incident()
    {
        await PublishAsync("The belt runs.", "A part dropped.", "The dropped part lies there.", "Empty.", "Empty.", "Empty.",
            "Empty.", "Empty.", "Empty.");

        Assert.Equal([IncidentChangeKind.Opened, IncidentChangeKind.Cleared], changes.Select(change => change.Kind));
        Assert.Single(changes.Select(change => change.Incident.Id).Distinct());
        var evidence = changes[0].Evidence!;
        Assert.Equal(("A part dropped.", "part dropped"), (evidence.Caption.Text, evidence.Verdict.Span));
        Assert.Equal(changes[0].Incident.OpenedAt, evidence.Caption.Stamps.MatchedAt);
        Assert.Equal(["caption The belt runs. False False", "caption A part dropped. True False", "Opened part dropped"],
            seen.Take(3));
    }

    [Fact]
    public async Task Each_rule_has_an_incident_of_its_own()
    {
        await PublishAsync("A part dropped and smoke is rising.", "Smoke is rising.", "Smoke is rising.");

        Assert.Equal(["Opened part dropped", "Opened smoke"], seen.Where(line => line.StartsWith("Opened", StringComparison.Ordinal)));
        Assert.Equal(2, changes.Select(change => change.Incident.Id).Distinct().Count());
    }

    [Fact]
    public void Expressions_may_combine_phrases() =>
        Assert.True(WatchRules.Build(TestFrames.Camera, ["smoke and not \"steam\""], confirm: 2).Rules[0].Spec.Timing.OnMatches == 2);

    [Fact]
    public async Task A_refusal_is_shown_and_changes_no_episode()
    {
        await PublishAsync("A part dropped.");
        var refusal = new CaptionRefusal
        {
            Frame = TestFrames.At(default),
            Stamps = new StageStamps { CapturedAt = default },
            Reason = RefusalReason.Failed,
            Detail = "bad luck",
        };
        for (var i = 0; i < 9; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await stage.PublishAsync(TestFrames.At(default), refusal, CancellationToken.None);
        }

        Assert.Single(changes);
        Assert.Equal(9, seen.Count(s => s == "refusal bad luck"));
    }

    [Fact]
    public async Task A_recording_read_at_once_has_its_episodes_on_its_own_time_line()
    {
        var recorded = new WatchStage(Rules, byMediaTime: true, webhook: null, this, time);

        // One caption per second of the recording, all within one instant of the clock.
        string[] captions = ["A part dropped.", .. Enumerable.Repeat("The belt runs.", 8), "A part dropped."];
        for (var second = 0; second < captions.Length; second++)
        {
            var caption = TestCaptions.At(time.GetUtcNow(), captions[second]);
            var frame = TestFrames.At(time.GetUtcNow(), mediaTime: TimeSpan.FromSeconds(second));
            await recorded.PublishAsync(frame, caption with { Frame = frame }, CancellationToken.None);
        }

        Assert.Equal(
            [IncidentChangeKind.Opened, IncidentChangeKind.Cleared, IncidentChangeKind.Opened], changes.Select(change => change.Kind));
    }

    void IWatchObserver.OnCaption(Caption caption, IReadOnlyList<RuleVerdict> verdicts) =>
        seen.Add($"caption {caption.Text} {string.Join(' ', verdicts.Select(v => v.IsMatch))}");

    void IWatchObserver.OnRefusal(CaptionRefusal refusal) => seen.Add($"refusal {refusal.Detail}");

    void IWatchObserver.OnIncident(IncidentChange change, Caption caption)
    {
        seen.Add($"{change.Kind} {Rules.Rules.Single(rule => rule.Id == change.Incident.RuleId).Spec.Name}");
        changes.Add(change);
    }

    /// <summary>One caption per second.</summary>
    private async Task PublishAsync(params string[] captions)
    {
        foreach (var text in captions)
        {
            await stage.PublishAsync(TestFrames.At(time.GetUtcNow()), TestCaptions.At(time.GetUtcNow(), text), CancellationToken.None);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
