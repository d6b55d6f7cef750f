using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Tests.Rules;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Incidents;

public sealed class IncidentTrackerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CooldownLedger cooldowns = new();
    private readonly IncidentTracker tracker;
    private DateTimeOffset now = Start;

    public IncidentTrackerTests() => tracker = new IncidentTracker(TestFrames.Camera, cooldowns);

    [Fact]
    public void An_incident_opens_goes_on_and_clears_with_everything_that_people_need()
    {
        var rules = TestRules.Set(TestRules.Entry(
            new RuleSpec
            {
                Name = "Part dropped", Expression = "part dropped", Severity = Severity.Critical,
                Timing = TestRules.Prompt with { OffMisses = 2, ClearAfter = TimeSpan.FromSeconds(2) },
            },
            "r1"));

        var opened = Assert.Single(Look(rules, "A part dropped."));
        var ongoing = Assert.Single(Look(rules, "The dropped part lies there."));
        Assert.Empty(Look(rules, "The belt runs."));
        var cleared = Assert.Single(Look(rules, "The belt runs."));

        Assert.Equal(IncidentChangeKind.Opened, opened.Kind);
        Assert.Equal("Part dropped at Line 3", opened.Incident.Title);
        Assert.Equal("'part dropped' tells it (part … dropped).", opened.Incident.Why);
        Assert.Equal((Severity.Critical, IncidentState.Open, AlertState.Told, 1), Of(opened.Incident));
        Assert.Equal((TestFrames.Camera, new RuleId("r1")), (opened.Incident.CameraId, opened.Incident.RuleId));
        Assert.Equal((Start, Start), (opened.Incident.OpenedAt, opened.Incident.LastSeenAt));
        Assert.Equal(
            opened.Incident with { Count = 2, LastSeenAt = Start.AddSeconds(1) }, ongoing.Incident);
        Assert.Equal(
            ongoing.Incident with
            {
                State = IncidentState.Cleared, ClearedAt = Start.AddSeconds(3), ClearReason = "No match in 2 looks in a row and 2 s.",
            },
            cleared.Incident);
        Assert.Empty(tracker.Open);
    }

    [Fact]
    public void Each_rule_has_incidents_of_its_own()
    {
        var rules = TestRules.Set(TestRules.Caption("smoke"), TestRules.Caption("part dropped"));

        Assert.Equal("Opened smoke, Opened part dropped", Told(Look(rules, "Smoke rises and a part dropped.")));
        Assert.Equal("Cleared smoke, Ongoing part dropped", Told(Look(rules, "A part dropped.")));
    }

    [Fact]
    public void A_question_that_was_not_asked_changes_nothing()
    {
        var rules = TestRules.Set(TestRules.Question("Is there smoke?"));

        Assert.Equal("Opened Is there smoke?", Told(Look(rules, "x", ("Is there smoke?", 0.9))));
        Assert.Empty(Look(rules, "x"));
        Assert.Empty(Look(rules, "x", ("Is there fire?", 0.1)));
        Assert.Equal("Cleared Is there smoke?", Told(Look(rules, "x", ("Is there smoke?", 0.4))));
    }

    [Fact]
    public void An_incident_within_the_cooldown_is_held_back_and_told_when_it_ends()
    {
        var cooling = TestRules.Prompt with { Cooldown = TimeSpan.FromSeconds(10) };
        var rules = TestRules.Set(TestRules.Caption("smoke", cooling), TestRules.Caption("part dropped", cooling));
        var first = Assert.Single(Look(rules, "Smoke rises."));
        Assert.True(cooldowns.Delivered(first.Incident.Id, now));
        Look(rules, "The belt runs.");

        // 1 s after the delivery: the same rule is held back, the other one is not.
        var second = Look(rules, "Smoke rises and a part dropped.");
        Assert.Equal("Opened smoke, Opened part dropped", Told(second));
        Assert.Equal([AlertState.HeldBack, AlertState.Told], second.Select(change => change.Incident.Alert));

        now = Start.AddSeconds(10);
        Assert.Equal("Ongoing smoke, Cleared part dropped", Told(Look(rules, "Smoke rises.")));
        var told = Assert.Single(tracker.Tick(rules, Start.AddSeconds(11)));
        Assert.Equal((IncidentChangeKind.Told, AlertState.Told, 2), (told.Kind, told.Incident.Alert, told.Incident.Count));
        Assert.Equal(second[0].Incident.Id, told.Incident.Id);
        Assert.Empty(tracker.Tick(rules, Start.AddSeconds(12)));
        Assert.True(cooldowns.Delivered(told.Incident.Id, now));
    }

    [Fact]
    public void An_alert_that_reached_nobody_spends_no_cooldown()
    {
        var rules = TestRules.Set(TestRules.Caption("smoke", TestRules.Prompt with { Cooldown = TimeSpan.FromHours(1) }));

        Look(rules, "Smoke rises.");
        Look(rules, "The belt runs.");

        Assert.Equal(AlertState.Told, Assert.Single(Look(rules, "Smoke rises.")).Incident.Alert);
    }

    [Fact]
    public void A_held_back_incident_that_clears_stays_held_back()
    {
        var rules = TestRules.Set(TestRules.Caption("smoke", TestRules.Prompt with { Cooldown = TimeSpan.FromHours(1) }));
        cooldowns.Delivered(new RuleId("smoke"), TestFrames.Camera, now);

        Look(rules, "Smoke rises.");
        var cleared = Assert.Single(Look(rules, "The belt runs."));

        Assert.Equal((IncidentChangeKind.Cleared, AlertState.HeldBack), (cleared.Kind, cleared.Incident.Alert));
    }

    [Fact]
    public void An_edited_rule_starts_afresh_and_a_removed_one_ends()
    {
        var smoke = TestRules.Caption("smoke");
        var spill = TestRules.Caption("spill");
        Look(TestRules.Set(smoke, spill), "Smoke rises over a spill.");

        // The same words in another object are no edit.
        var copied = TestRules.Set(smoke.With(spec => spec with { Cameras = new CameraSelector() }), spill);
        Assert.Equal("Ongoing smoke, Ongoing spill", Told(Look(copied, "Smoke rises over a spill.")));

        var edited = Look(TestRules.Set(smoke.With(spec => spec with { Expression = "smoke or fire" })), "Smoke rises over a spill.");

        Assert.Equal("Cleared smoke, Cleared spill, Opened smoke", Told(edited));
        Assert.Equal("The rule was edited.", edited[0].Incident.ClearReason);
        Assert.Equal("The rule was removed or disabled, or no longer watches this camera.", edited[1].Incident.ClearReason);
        Assert.NotEqual(edited[0].Incident.Id, edited[2].Incident.Id);
    }

    [Fact]
    public void A_restart_goes_on_with_what_was_open()
    {
        var rules = TestRules.Set(TestRules.Caption("smoke"), TestRules.Caption("spill"));
        Look(rules, "Smoke rises over a spill.");
        var stored = tracker.Open;

        var restarted = new IncidentTracker(TestFrames.Camera, new CooldownLedger());
        restarted.Restore([.. stored, stored[0] with { Id = new IncidentId("other"), CameraId = new CameraId("other") }]);
        Assert.Equal(2, restarted.Open.Count);
        var changes = Look(restarted, rules, "Smoke rises.");

        Assert.Equal("Ongoing smoke, Cleared spill", Told(changes));
        Assert.Equal(stored.Select(incident => incident.Id), changes.Select(change => change.Incident.Id));
        Assert.Equal(2, changes[0].Incident.Count);
    }

    [Fact]
    public void A_rule_that_was_edited_or_removed_while_the_platform_was_down_clears_its_incident()
    {
        Look(TestRules.Set(TestRules.Caption("smoke"), TestRules.Caption("spill")), "Smoke rises over a spill.");
        var restarted = new IncidentTracker(TestFrames.Camera, cooldowns);
        restarted.Restore(tracker.Open);
        var edited = TestRules.Caption("smoke") with { UpdatedAt = now.AddSeconds(1) };

        Assert.Equal("Cleared smoke, Cleared spill, Opened smoke", Told(Look(restarted, TestRules.Set(edited), "Smoke rises.")));
    }

    [Fact]
    public void Nothing_opens_outside_the_schedule_and_its_end_clears()
    {
        var shift = new ScheduleSpec { Shifts = [new ShiftSpec { From = new TimeOnly(6, 0), To = new TimeOnly(14, 0) }] };
        var rules = TestRules.Set(TestRules.Caption("smoke").With(spec => spec with { Schedule = shift }));

        now = Start.AddHours(6).AddSeconds(-1);
        Assert.Empty(Look(rules, "Smoke rises."));
        Assert.Equal("Opened smoke", Told(Look(rules, "Smoke rises.")));
        now = Start.AddHours(14);
        var cleared = Assert.Single(tracker.Tick(rules, now));
        Assert.Equal("The rule's schedule ended.", cleared.Incident.ClearReason);
    }

    [Fact]
    public void Clearing_all_names_the_reason()
    {
        Look(TestRules.Set(TestRules.Caption("smoke"), TestRules.Caption("spill")), "Smoke rises over a spill.");

        var changes = tracker.ClearAll("The camera was removed.", now);

        Assert.Equal(2, changes.Count);
        Assert.All(changes, change => Assert.Equal("The camera was removed.", change.Incident.ClearReason));
        Assert.Empty(tracker.Open);
    }

    private static (Severity, IncidentState, AlertState, long) Of(Incident incident) =>
        (incident.Severity, incident.State, incident.Alert, incident.Count);

    private static string Told(IEnumerable<IncidentChange> changes) =>
        string.Join(", ", changes.Select(change => $"{change.Kind} {change.Incident.RuleId}"));

    private IReadOnlyList<IncidentChange> Look(CompiledRuleSet rules, string caption, params (string Question, double Yes)[] answers) =>
        Look(tracker, rules, caption, answers);

    /// <summary>One look per second.</summary>
    private IReadOnlyList<IncidentChange> Look(
        IncidentTracker by, CompiledRuleSet rules, string caption, params (string Question, double Yes)[] answers)
    {
        var asked = new QuestionAnswers([.. answers.Select(a => a.Question)], [.. answers.Select(a => a.Yes)]);
        var changes = by.Advance(rules, rules.Evaluate(caption, asked), LookTime.Live(now));
        now = now.AddSeconds(1);
        return changes;
    }
}
