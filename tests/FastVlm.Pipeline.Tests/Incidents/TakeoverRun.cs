using System.Text.Json;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using FastVlm.Pipeline.Tests.Rules;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Incidents;

/// <summary>A look, or a tick without a caption. What it tells is delivered some steps later, at 4 never.</summary>
internal sealed record TakeoverStep(string? Text, double? Yes, TimeSpan Passed, int DeliveredAfter);

/// <summary>Two caption rules, one of them with a shift, and a question at one camera; another process may take over in between.</summary>
internal sealed class TakeoverRun(IReadOnlyList<RuleTiming> timings)
{
    private const string Question = "Is there smoke?";

    private static readonly ScheduleSpec Shift =
        new() { Shifts = [new ShiftSpec { From = new TimeOnly(6, 0), To = new TimeOnly(6, 1) }] };

    private readonly List<IncidentId> ids = [];
    private readonly List<(int AtStep, Incident Incident)> underWay = [];
    private readonly Dictionary<RuleId, LastTold> lastTold = [];
    private CooldownLedger cooldowns = new();
    private IncidentTracker tracker = null!;
    private CompiledRuleSet rules = null!;

    /// <returns>Each change as text, with the ordinal of its incident instead of its id.</returns>
    public List<string> Of(IReadOnlyList<TakeoverStep> steps, int cut)
    {
        var (now, told) = (TakeoverGenerators.Start, new List<string>());
        Begin([], null);
        for (var i = 0; i < steps.Count; i++)
        {
            if (i == cut)
            {
                TakeOver();
            }

            now += steps[i].Passed;
            Deliver(i, now);
            var changes = Advance(steps[i], now);
            told.AddRange(changes.Select(change => $"{i}: {TextOf(change)}"));
            underWay.AddRange(changes
                .Where(change => change.Kind is IncidentChangeKind.Opened or IncidentChangeKind.Told)
                .Where(change => change.Incident.Alert == AlertState.Told)
                .Select(change => (i + 1 + steps[i].DeliveredAfter, change.Incident)));
        }

        return told;
    }

    private void TakeOver()
    {
        var stored = JsonSerializer.Serialize(tracker.Snapshot(), PlatformJson.Options);
        var open = tracker.Open;
        cooldowns = new CooldownLedger();
        cooldowns.Restore(lastTold.Values);
        Begin(open, JsonSerializer.Deserialize<TrackerState>(stored, PlatformJson.Options));
    }

    private void Begin(IReadOnlyList<Incident> open, TrackerState? state)
    {
        rules = TestRules.Set(
            TestRules.Caption("part dropped", timings[0]),
            TestRules.Question(Question).With(spec => spec with { Timing = timings[1] }),
            TestRules.Caption("dropped", timings[2]).With(spec => spec with { Schedule = Shift }));
        tracker = new IncidentTracker(TestFrames.Camera, cooldowns);
        tracker.Restore(open, state);
    }

    private IReadOnlyList<IncidentChange> Advance(TakeoverStep step, DateTimeOffset now)
    {
        if (step.Text is null)
        {
            return tracker.Tick(rules, now);
        }

        var answers = step.Yes is { } yes ? new QuestionAnswers([Question], [yes]) : new QuestionAnswers([], []);
        return tracker.Advance(rules, rules.Evaluate(step.Text, answers), LookTime.Live(now));
    }

    /// <summary>As a host does: by the incident, or, where it was told by another process, by its rule.</summary>
    private void Deliver(int step, DateTimeOffset now)
    {
        foreach (var (_, incident) in underWay.Where(delivery => delivery.AtStep == step))
        {
            var (rule, camera) = (incident.RuleId!.Value, incident.CameraId!.Value);
            lastTold[rule] = new LastTold(rule, camera, now);
            if (!cooldowns.Delivered(incident.Id, now))
            {
                cooldowns.Delivered(rule, camera, now);
            }
        }
    }

    private string TextOf(IncidentChange change)
    {
        if (!ids.Contains(change.Incident.Id))
        {
            ids.Add(change.Incident.Id);
        }

        return $"{change.Kind} {change.Incident with { Id = new IncidentId($"{ids.IndexOf(change.Incident.Id)}") }}";
    }
}
