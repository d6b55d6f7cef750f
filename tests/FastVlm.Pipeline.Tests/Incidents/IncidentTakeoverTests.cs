using System.Text.Json;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Tests.Rules;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Incidents;

/// <summary>What a tracker goes on with where state and incidents do not fit the rules, or each other.</summary>
public sealed class IncidentTakeoverTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Entry<RuleId, RuleSpec> TwoOfThree =
        TestRules.Caption("smoke", TestRules.Prompt with { OnMatches = 2, OnWindow = 3 });

    private readonly IncidentTracker first = new(TestFrames.Camera, new CooldownLedger());
    private DateTimeOffset now = Start;

    [Fact]
    public void Looks_from_before_count()
    {
        Look(first, TwoOfThree, "Smoke rises.");

        Assert.Equal("Opened smoke", Told(Look(TakeOver(), TwoOfThree, "Smoke rises.")));
    }

    [Fact]
    public void Looks_at_a_rule_that_was_edited_since_say_nothing()
    {
        Look(first, TwoOfThree, "Smoke rises.");
        var edited = TwoOfThree with { UpdatedAt = now };

        Assert.Empty(Look(TakeOver(), edited, "Smoke rises."));
    }

    [Fact]
    public void An_incident_whose_rule_was_edited_since_is_cleared_although_there_is_a_state()
    {
        OpenSmoke();
        var edited = TwoOfThree with { UpdatedAt = now };

        var cleared = Assert.Single(Look(TakeOver(), edited, "Smoke rises."));
        Assert.Equal("The rule was edited.", cleared.Incident.ClearReason);
    }

    /// <summary>
    /// E.g. the configuration file took the rule over: it was saved again, but says the same; or clocks differ a little.
    /// </summary>
    [Fact]
    public void An_incident_goes_on_where_its_rule_was_saved_later_without_another_word()
    {
        OpenSmoke();
        var savedAgain = TwoOfThree with { UpdatedAt = now.AddSeconds(1) };
        Look(first, savedAgain, "Smoke rises.");

        Assert.Equal("Ongoing smoke", Told(Look(TakeOver(), savedAgain, "Smoke rises.")));
    }

    [Fact]
    public void A_state_whose_incident_is_lost_opens_another_one()
    {
        OpenSmoke();
        var second = TakeOver(withIncidents: false);

        Assert.Empty(second.Open);
        Assert.Empty(Look(second, TwoOfThree, "Smoke rises."));
        Assert.Equal("Opened smoke", Told(Look(second, TwoOfThree, "Smoke rises.")));
    }

    [Fact]
    public void An_incident_whose_state_is_lost_goes_on()
    {
        OpenSmoke();
        var opened = Assert.Single(first.Open);

        var ongoing = Assert.Single(Look(TakeOver(withState: false), TwoOfThree, "Smoke rises."));
        Assert.Equal((IncidentChangeKind.Ongoing, opened.Id), (ongoing.Kind, ongoing.Incident.Id));
    }

    [Fact]
    public void An_incident_whose_state_says_that_nothing_is_open_goes_on()
    {
        Look(first, TwoOfThree, "Smoke rises.");
        var early = ThroughJson(first.Snapshot());
        Look(first, TwoOfThree, "Smoke rises.");
        var second = new IncidentTracker(TestFrames.Camera, new CooldownLedger());
        second.Restore(first.Open, early);

        Assert.Equal("Ongoing smoke", Told(Look(second, TwoOfThree, "Smoke rises.")));
    }

    [Fact]
    public void What_was_taken_over_is_handed_on_also_before_the_first_look()
    {
        OpenSmoke();
        var second = TakeOver();

        Assert.Equal(
            JsonSerializer.Serialize(first.Snapshot(), PlatformJson.Options),
            JsonSerializer.Serialize(second.Snapshot(), PlatformJson.Options));
        Assert.Equal(first.Open, second.Open);
    }

    [Fact]
    public void Rules_that_remember_nothing_are_not_stored()
    {
        Look(first, TestRules.Caption("spill"), "The belt runs.");

        Assert.Empty(first.Snapshot().Rules);
    }

    [Fact]
    public void Clearing_all_forgets_everything()
    {
        OpenSmoke();
        var second = TakeOver();

        second.ClearAll("The camera was removed.", now);

        Assert.Empty(second.Snapshot().Rules);
    }

    private static TrackerState ThroughJson(TrackerState state) =>
        JsonSerializer.Deserialize<TrackerState>(JsonSerializer.Serialize(state, PlatformJson.Options), PlatformJson.Options)!;

    private static string Told(IEnumerable<IncidentChange> changes) =>
        string.Join(", ", changes.Select(change => $"{change.Kind} {change.Incident.RuleId}"));

    private void OpenSmoke()
    {
        Look(first, TwoOfThree, "Smoke rises.");
        Assert.Equal("Opened smoke", Told(Look(first, TwoOfThree, "Smoke rises.")));
    }

    private IncidentTracker TakeOver(bool withIncidents = true, bool withState = true)
    {
        var second = new IncidentTracker(TestFrames.Camera, new CooldownLedger());
        second.Restore(withIncidents ? first.Open : [], withState ? ThroughJson(first.Snapshot()) : null);
        return second;
    }

    /// <summary>One look per second.</summary>
    private IReadOnlyList<IncidentChange> Look(IncidentTracker tracker, Entry<RuleId, RuleSpec> rule, string caption)
    {
        var rules = TestRules.Set(rule);
        var changes = tracker.Advance(rules, rules.Evaluate(caption, new QuestionAnswers([], [])), LookTime.Live(now));
        now = now.AddSeconds(1);
        return changes;
    }
}
