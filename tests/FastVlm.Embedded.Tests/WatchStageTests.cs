using FastVlm.Embedded.Watching;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Rules;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

public sealed class WatchStageTests : IWatchObserver, IAlertSink
{
    private readonly ManualTimeProvider time = new();
    private readonly List<string> seen = [];
    private readonly List<Alert> offered = [];
    private readonly WatchStage stage;

    public WatchStageTests() => stage = new WatchStage(
        [PhraseRule.Parse("part dropped"), PhraseRule.Parse("smoke")], new AlertPolicyOptions(), [this], this, time);

    [Fact]
    public async Task A_match_is_shown_and_then_sent_once_per_episode()
    {
        await PublishAsync("The belt runs.", "A part dropped.", "The dropped part lies there.", "Empty.", "Empty.", "Empty.",
            "Empty.", "Empty.", "Empty.");

        Assert.Equal([(AlertKind.Raised, "part dropped"), (AlertKind.Cleared, null)], offered.Select(a => (a.Kind, a.Span)));
        Assert.Equal(offered[0].EpisodeId, offered[1].EpisodeId);
        Assert.NotEqual(offered[0].Id, offered[1].Id);
        Assert.Equal(offered[0].RaisedAt, offered[1].RaisedAt);
        Assert.Equal("A part dropped.", offered[0].Caption.Text);
        Assert.Equal(offered[0].At, offered[0].Caption.Stamps.MatchedAt);
        Assert.Equal(["caption The belt runs. False False", "caption A part dropped. True False", "alert Raised part dropped"],
            seen.Take(3));
    }

    [Fact]
    public async Task Each_rule_has_an_episode_of_its_own()
    {
        await PublishAsync("A part dropped and smoke is rising.", "Smoke is rising.", "Smoke is rising.");

        Assert.Equal([(AlertKind.Raised, "part dropped"), (AlertKind.Raised, "smoke")], offered.Select(a => (a.Kind, a.Rule)));
        Assert.NotEqual(offered[0].EpisodeId, offered[1].EpisodeId);
    }

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
            await stage.PublishAsync(refusal, CancellationToken.None);
        }

        Assert.Single(offered);
        Assert.Equal(9, seen.Count(s => s == "refusal bad luck"));
    }

    [Fact]
    public async Task A_recording_read_at_once_has_its_episodes_on_its_own_time_line()
    {
        var policy = new AlertPolicyOptions { ByMediaTime = true };
        var recorded = new WatchStage([PhraseRule.Parse("part dropped")], policy, [this], this, time);

        // One caption per second of the recording, all within one instant of the clock.
        string[] captions = ["A part dropped.", .. Enumerable.Repeat("The belt runs.", 8), "A part dropped."];
        for (var second = 0; second < captions.Length; second++)
        {
            var caption = TestCaptions.At(time.GetUtcNow(), captions[second]);
            await recorded.PublishAsync(
                caption with { Frame = caption.Frame with { MediaTime = TimeSpan.FromSeconds(second) } }, CancellationToken.None);
        }

        Assert.Equal([AlertKind.Raised, AlertKind.Cleared, AlertKind.Raised], offered.Select(alert => alert.Kind));
    }

    void IWatchObserver.OnCaption(Caption caption, IReadOnlyList<TextVerdict> verdicts) =>
        seen.Add($"caption {caption.Text} {string.Join(' ', verdicts.Select(v => v.IsMatch))}");

    void IWatchObserver.OnRefusal(CaptionRefusal refusal) => seen.Add($"refusal {refusal.Detail}");

    void IWatchObserver.OnAlert(Alert alert) => seen.Add($"alert {alert.Kind} {alert.Rule}");

    void IAlertSink.Offer(Alert alert) => offered.Add(alert);

    /// <summary>One caption per second.</summary>
    private async Task PublishAsync(params string[] captions)
    {
        foreach (var text in captions)
        {
            await stage.PublishAsync(TestCaptions.At(time.GetUtcNow(), text), CancellationToken.None);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
