using System.Security.Cryptography;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Rules;

public sealed class CaptionStageTests : IDisposable
{
    private readonly ManualTimeProvider time = new();
    private readonly MemoryJournal journal = new();
    private readonly FakeFeed feed = new();
    private readonly FakePictureEncoder encoder = new();
    private readonly CollectingLogger logs = new();
    private readonly Frame before;
    private readonly CameraPictures pictures;
    private readonly CaptionStage stage;

    public CaptionStageTests()
    {
        before = TestFrames.At(time.GetUtcNow().AddSeconds(-1), index: 11) with { Image = new RgbImage(1, 1, [9, 8, 7]) };
        pictures = new CameraPictures(encoder, new EvidenceTaker(encoder, logs)) { PreRoll = new FakePreRoll(before) };
        stage = NewStage(TestRules.Set(TestRules.Caption("part dropped"), TestRules.Question("Is there smoke?")));
    }

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task A_caption_is_stored_with_what_it_caused_and_then_shown()
    {
        var caption = TestCaptions.At(time.GetUtcNow(), "A part dropped.").WithAnswers(("Is there smoke?", 0.25));
        time.Advance(TimeSpan.FromSeconds(2));
        var stored = await stage.PublishAsync(caption, CancellationToken.None);

        var entry = Assert.Single(journal.Entries.Items);
        Assert.Equal([new RuleId("part dropped")], entry.Caption!.MatchedRules);
        Assert.Equal(0.25, entry.Caption.Answers[new RuleId("Is there smoke?")]);
        Assert.Equal(TimeSpan.FromSeconds(2), entry.Caption.FrameAge);
        Assert.Equal(time.GetUtcNow(), entry.Caption.Stamps.MatchedAt);
        Assert.Equal(IncidentChangeKind.Opened, Assert.Single(entry.Changes).Kind);
        Assert.Equal(entry.Changes[0].Incident.Id, Assert.Single(entry.Deliveries).IncidentId);
        Assert.Equal(
            [typeof(CaptionEvent), typeof(IncidentEvent)], feed.Events.Items.Select(shown => shown.GetType()));
        Assert.Equal(time.GetUtcNow(), ((CaptionEvent)feed.Events.Items[0]).Caption.Stamps.StoredAt);
        Assert.All(feed.Events.Items, shown => Assert.Equal(TestFrames.Camera, shown.CameraId));
        Assert.Equal((entry.Caption.Id, entry.Caption.FrameIndex), (stored!.Id, caption.Frame.Index));
    }

    [Fact]
    public async Task Evidence_proves_what_was_seen_and_decided()
    {
        var caption = TestCaptions.At(time.GetUtcNow(), "A part dropped.");
        pictures.LookedAt((Frame)caption.Frame);
        await stage.PublishAsync(caption, CancellationToken.None);

        var evidence = Assert.Single(journal.Changes).Evidence!;
        Assert.Equal("part dropped", evidence.Rule.Expression);
        Assert.Equal("part dropped", evidence.Verdict.Span);
        Assert.Equal(2, evidence.Verdict.SpanStart);
        Assert.Equal("0123abcd", evidence.ModelFingerprint);
        Assert.Equal(TestCaptions.Prompt, evidence.Parameters.Prompt);
        Assert.Equal([before.CapturedAt, caption.Frame.CapturedAt], evidence.Pictures.Select(picture => picture.CapturedAt));
        Assert.Equal([false, true], evidence.Pictures.Select(picture => picture.IsTrigger));
        Assert.Equal([(1, 1), (2, 1)], evidence.Pictures.Select(picture => (picture.WidthPx, picture.HeightPx)));
        Assert.All(evidence.Pictures, picture =>
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(picture.Jpeg.Span)), picture.Sha256));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(((Frame)caption.Frame).Image.Pixels)), evidence.Pictures[1].PixelsSha256);
    }

    [Fact]
    public async Task Pictures_are_encoded_once_for_all_incidents_of_a_look_and_only_then()
    {
        stage.Rules = TestRules.Set(TestRules.Caption("part"), TestRules.Caption("dropped"));

        await PublishAsync("The belt runs.");
        Assert.Empty(encoder.Encoded);
        await PublishAsync("A part dropped.");
        await PublishAsync("A part dropped.");

        Assert.Equal(2, encoder.Encoded.Count);
        Assert.Equal(2, journal.Changes.Count(change => change.Evidence is not null));
    }

    [Fact]
    public async Task A_picture_that_cannot_be_encoded_keeps_no_incident_from_opening()
    {
        encoder.Failure = new FailureException(FailureKind.PictureInvalid, "The picture is broken.");

        await PublishAsync("A part dropped.");

        Assert.Empty(Assert.Single(journal.Changes).Evidence!.Pictures);
        Assert.Contains(logs.Lines.Items, line => line.Contains("The picture is broken.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_fails_stops_no_camera_and_loses_nothing()
    {
        var backlog = new JournalBacklog(journal, time, logs);
        using var failing = NewStage(TestRules.Set(TestRules.Caption("part dropped")), backlog);
        journal.Fail(new StorageException("The disk is full."));
        foreach (var text in (string[])["A part dropped.", "The belt runs.", "All is well."])
        {
            await failing.PublishAsync(TestCaptions.At(time.GetUtcNow(), text), CancellationToken.None);
        }

        Assert.Equal(3, feed.Events.Items.OfType<CaptionEvent>().Count());
        Assert.All(feed.Events.Items.OfType<CaptionEvent>(), shown => Assert.Null(shown.Caption.Stamps.StoredAt));
        Assert.Equal(2, feed.Events.Items.OfType<IncidentEvent>().Count());
        Assert.Equal((1, 3), (journal.Attempts, backlog.Length));

        journal.Fail(null);
        Assert.Equal(0, await backlog.DrainAsync());
        Assert.Equal(["A part dropped.", "The belt runs.", "All is well."], journal.Entries.Items.Select(entry => entry.Caption!.Text));
        Assert.Equal([IncidentChangeKind.Opened, IncidentChangeKind.Cleared], journal.Changes.Select(change => change.Kind));
    }

    [Fact]
    public async Task Refused_frames_are_counted_and_change_nothing()
    {
        await PublishAsync("A part dropped.");
        await stage.PublishAsync(TestCaptions.Refusal(time.GetUtcNow(), "bad luck"), CancellationToken.None);

        Assert.Equal(1, stage.RefusedCount);
        Assert.Single(journal.Entries.Items);
    }

    [Fact]
    public async Task New_rules_judge_the_next_caption_and_a_tick_ends_what_is_gone()
    {
        await PublishAsync("A part dropped. Smoke rises.");
        stage.Rules = TestRules.Set(TestRules.Caption("smoke"));
        await stage.TickAsync(CancellationToken.None);
        await PublishAsync("A part dropped. Smoke rises.");

        Assert.Equal(
            ["Opened part dropped", "Cleared part dropped", "Opened smoke"],
            journal.Changes.Select(change => $"{change.Kind} {change.Incident.RuleId}"));
        await stage.TickAsync(CancellationToken.None);
        Assert.Equal(3, journal.Entries.Items.Count);
    }

    [Fact]
    public async Task A_camera_that_goes_away_clears_its_incidents()
    {
        await PublishAsync("A part dropped.");

        await stage.ClearAsync("The camera was removed.", CancellationToken.None);

        Assert.Equal("The camera was removed.", journal.Changes[^1].Incident.ClearReason);
        Assert.Null(journal.Entries.Items[^1].Caption);
        Assert.Single(journal.Entries.Items[^1].Deliveries);
    }

    /// <summary>The platform stops while its ticker is at work: what is open stays open for the next start.</summary>
    [Fact]
    public async Task A_tick_after_the_end_changes_nothing()
    {
        await PublishAsync("A part dropped.");
        stage.Dispose();
        stage.Rules = TestRules.Set();

        await stage.TickAsync(CancellationToken.None);

        Assert.Single(journal.Changes);
    }

    [Fact]
    public async Task A_recording_read_at_once_has_its_incidents_on_its_own_time_line()
    {
        var timing = new RuleTiming { OffMisses = 3, ClearAfter = TimeSpan.FromSeconds(5) };
        using var recorded = NewStage(TestRules.Set(TestRules.Caption("part dropped", timing)), byMediaTime: true);
        string[] captions = ["A part dropped.", .. Enumerable.Repeat("The belt runs.", 8), "A part dropped."];
        for (var second = 0; second < captions.Length; second++)
        {
            var caption = TestCaptions.At(time.GetUtcNow(), captions[second], TimeSpan.FromSeconds(second));
            await recorded.PublishAsync(caption, CancellationToken.None);
        }

        Assert.Equal(
            [IncidentChangeKind.Opened, IncidentChangeKind.Cleared, IncidentChangeKind.Opened],
            journal.Changes.Select(change => change.Kind));
    }

    private async Task PublishAsync(string text)
    {
        var caption = TestCaptions.At(time.GetUtcNow(), text);
        pictures.LookedAt((Frame)caption.Frame);
        await stage.PublishAsync(caption, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(1));
    }

    private CaptionStage NewStage(CompiledRuleSet rules, JournalBacklog? backlog = null, bool byMediaTime = false) => new(
        new CaptionStageSetup
        {
            Rules = rules,
            Tracker = new IncidentTracker(TestFrames.Camera, new CooldownLedger()),
            Journal = backlog ?? new JournalBacklog(journal, time, logs),
            Feed = feed,
            Planner = new FakePlanner(),
            Pictures = pictures,
            ByMediaTime = byMediaTime,
        },
        time,
        logs);
}
