using System.Diagnostics;
using System.Globalization;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Incidents;

/// <summary>When a look was.</summary>
/// <param name="EpisodeTime">
/// On the camera's own time line: the clock for cameras; media time for recordings, which are read faster than they play.
/// </param>
/// <param name="Now">The platform's clock: schedules, cooldowns and everything that people read.</param>
public readonly record struct LookTime(DateTimeOffset EpisodeTime, DateTimeOffset Now)
{
    public static LookTime Live(DateTimeOffset now) => new(now, now);
}

/// <summary>
/// Decides what the verdicts of one camera's rules make of its incidents. Calls come one at a time, in the order of the
/// looks. A rule that was edited starts afresh, and one that no longer watches the camera ends: its incident is cleared.
/// </summary>
public sealed class IncidentTracker(CameraId camera, CooldownLedger cooldowns)
{
    private readonly Dictionary<RuleId, TrackedRule> tracked = [];
    private readonly Dictionary<RuleId, Incident> restored = [];
    private readonly Dictionary<RuleId, RuleState> remembered = [];
    private CompiledRuleSet? present;

    public CameraId Camera => camera;

    /// <summary>Open incidents, in no particular order.</summary>
    public IReadOnlyList<Incident> Open =>
        [.. restored.Values, .. tracked.Values.Where(rule => rule.Incident is not null).Select(rule => rule.Incident!)];

    /// <summary>What is to be stored so that the camera's rules can go on in another process.</summary>
    public TrackerState Snapshot() => new()
    {
        CameraId = camera,
        Rules =
        [
            .. remembered.Values,
            .. tracked.Values
                .Where(state => state.Policy.RemembersAnything)
                .Select(state => new RuleState(state.Rule.Id, state.Rule.UpdatedAt, state.Policy.Snapshot())),
        ],
    };

    /// <summary>Goes on with the incidents that were open when the platform stopped; those of other cameras are left alone.</summary>
    /// <param name="open">Open incidents.</param>
    /// <param name="state">What the rules remember, where it was stored.</param>
    public void Restore(IEnumerable<Incident> open, TrackerState? state = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        foreach (var rule in state?.Rules ?? [])
        {
            remembered[rule.RuleId] = rule;
        }

        foreach (var incident in open.Where(i => i is { Kind: IncidentKind.Rule, State: IncidentState.Open } && i.CameraId == camera))
        {
            if (incident.RuleId is not { } rule || tracked.ContainsKey(rule))
            {
                continue;
            }

            restored[rule] = incident;
            if (incident.Alert == AlertState.Told)
            {
                cooldowns.Expect(incident);
            }
        }
    }

    /// <summary>Takes the verdicts of one look into account.</summary>
    /// <param name="rules">The rules that judged it.</param>
    /// <param name="verdicts">One for each rule that could be judged.</param>
    /// <param name="time">When it was.</param>
    public IReadOnlyList<IncidentChange> Advance(CompiledRuleSet rules, IReadOnlyList<RuleVerdict> verdicts, LookTime time)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(verdicts);
        var changes = new List<IncidentChange>();
        Take(rules, time.Now, changes);
        var next = 0;
        foreach (var rule in rules.Rules)
        {
            // Verdicts stand in the order of the rules; a rule that could not be judged has none.
            var verdict = next < verdicts.Count && verdicts[next].RuleId == rule.Id ? verdicts[next++] : null;
            var state = tracked[rule.Id];
            var isScheduled = rule.IsScheduled(time.Now);
            var change = verdict is null
                ? state.Policy.AdvanceSchedule(isScheduled)
                : state.Policy.Advance(verdict.IsMatch, isScheduled, time.EpisodeTime);
            Apply(state, change, verdict, time.Now, changes);
        }

        return changes;
    }

    /// <summary>Time passed without a look: schedules may have ended, held-back alerts may be due, rules may have changed.</summary>
    public IReadOnlyList<IncidentChange> Tick(CompiledRuleSet rules, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return Advance(rules, [], LookTime.Live(now));
    }

    /// <summary>A person acknowledged or judged an incident: what is told of it from now on says so.</summary>
    public void Annotate(Incident annotated)
    {
        ArgumentNullException.ThrowIfNull(annotated);
        foreach (var rule in tracked.Values.Where(rule => rule.Incident?.Id == annotated.Id))
        {
            rule.Incident = rule.Incident!.AnnotatedAs(annotated);
        }

        foreach (var (rule, incident) in restored.Where(entry => entry.Value.Id == annotated.Id).ToArray())
        {
            restored[rule] = incident.AnnotatedAs(annotated);
        }
    }

    /// <summary>Clears everything that is open, e.g. because the camera was removed.</summary>
    /// <param name="reason">One sentence.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<IncidentChange> ClearAll(string reason, DateTimeOffset now)
    {
        var changes = Open.Select(incident => Cleared(incident, reason, now)).ToArray();
        restored.Clear();
        remembered.Clear();
        tracked.Clear();
        present = null;
        return changes;
    }

    private static IncidentChange Cleared(Incident incident, string reason, DateTimeOffset now) => new(
        IncidentChangeKind.Cleared,
        incident with { State = IncidentState.Cleared, ClearedAt = now, ClearReason = reason });

    /// <summary>Brings what is tracked in line with the rules that are there now.</summary>
    private void Take(CompiledRuleSet rules, DateTimeOffset now, List<IncidentChange> changes)
    {
        if (ReferenceEquals(rules, present))
        {
            return;
        }

        present = rules;
        var byId = rules.Rules.ToDictionary(rule => rule.Id);
        foreach (var (id, state) in tracked.Where(entry => !IsUnchanged(entry.Value.Rule, byId)).ToArray())
        {
            tracked.Remove(id);
            if (state.Incident is { } open)
            {
                changes.Add(Cleared(open, ReasonGone(byId.ContainsKey(id)), now));
            }
        }

        foreach (var rule in rules.Rules)
        {
            if (tracked.TryGetValue(rule.Id, out var state))
            {
                state.Rule = rule;
            }
            else
            {
                tracked.Add(rule.Id, Start(rule));
            }
        }

        foreach (var (id, incident) in restored)
        {
            changes.Add(Cleared(incident, ReasonGone(byId.ContainsKey(id)), now));
        }

        restored.Clear();
        remembered.Clear();
    }

    private static bool IsUnchanged(CompiledRule rule, Dictionary<RuleId, CompiledRule> byId) =>
        byId.TryGetValue(rule.Id, out var current) && current.HasSameSpec(rule);

    private static string ReasonGone(bool isEdited) => isEdited
        ? "The rule was edited."
        : "The rule was removed or disabled, or no longer watches this camera.";

    private TrackedRule Start(CompiledRule rule)
    {
        // What was opened by an earlier wording of the rule says nothing about the present one.
        var looks = remembered.TryGetValue(rule.Id, out var state) && state.UpdatedAt == rule.UpdatedAt ? state.Policy : null;
        var isSameWording = looks is { IsOpen: true };
        if (restored.TryGetValue(rule.Id, out var incident) && (isSameWording || rule.UpdatedAt <= incident.OpenedAt))
        {
            restored.Remove(rule.Id);
            var open = isSameWording
                ? IncidentPolicy.Restore(rule.Spec.Timing, looks!)
                : IncidentPolicy.Restore(rule.Spec.Timing, incident.Count);
            return new TrackedRule(rule, open) { Incident = incident };
        }

        return new TrackedRule(
            rule, looks is { IsOpen: false } ? IncidentPolicy.Restore(rule.Spec.Timing, looks) : new IncidentPolicy(rule.Spec.Timing));
    }

    private void Apply(TrackedRule state, PolicyChange change, RuleVerdict? verdict, DateTimeOffset now, List<IncidentChange> changes)
    {
        var kind = IncidentChangeKind.Ongoing;
        switch (change)
        {
            case PolicyChange.Opened:
                state.Incident = Opened(state, verdict!, now);
                kind = IncidentChangeKind.Opened;
                break;
            case PolicyChange.Ongoing:
                state.Incident = state.Incident! with { LastSeenAt = now, Count = state.Policy.MatchCount };
                break;
            case PolicyChange.Cleared or PolicyChange.ScheduleEnded:
                changes.Add(Cleared(state.Incident!, ReasonCleared(state.Rule.Spec, change), now));
                state.Incident = null;
                return;
            case PolicyChange.None:
                break;
            default:
                throw new UnreachableException();
        }

        if (state.Incident is { Alert: AlertState.HeldBack } held && change != PolicyChange.Opened && !IsCooling(state.Rule, now))
        {
            state.Incident = held with { Alert = AlertState.Told };
            cooldowns.Expect(state.Incident);
            changes.Add(new IncidentChange(IncidentChangeKind.Told, state.Incident));
        }
        else if (change != PolicyChange.None)
        {
            changes.Add(new IncidentChange(kind, state.Incident!));
        }
    }

    private Incident Opened(TrackedRule state, RuleVerdict verdict, DateTimeOffset now)
    {
        var incident = new Incident
        {
            Id = IncidentId.New(now),
            Kind = IncidentKind.Rule,
            CameraId = camera,
            RuleId = state.Rule.Id,
            Title = $"{state.Rule.Spec.Name} at {present!.Camera.Name}",
            Why = verdict.Why,
            Severity = state.Rule.Spec.Severity,
            State = IncidentState.Open,
            OpenedAt = now,
            LastSeenAt = now,
            Count = state.Policy.MatchCount,
            Alert = IsCooling(state.Rule, now) ? AlertState.HeldBack : AlertState.Told,
        };
        if (incident.Alert == AlertState.Told)
        {
            cooldowns.Expect(incident);
        }

        return incident;
    }

    private bool IsCooling(CompiledRule rule, DateTimeOffset now) => cooldowns.IsCooling(rule.Id, camera, rule.Spec.Timing.Cooldown, now);

    private static string ReasonCleared(RuleSpec spec, PolicyChange change) => change == PolicyChange.ScheduleEnded
        ? "The rule's schedule ended."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"No match in {spec.Timing.OffMisses} {(spec.Timing.OffMisses == 1 ? "look" : "looks")} in a row "
            + $"and {spec.Timing.ClearAfter.TotalSeconds:0.###} s.");

    private sealed class TrackedRule(CompiledRule rule, IncidentPolicy policy)
    {
        public CompiledRule Rule { get; set; } = rule;

        public IncidentPolicy Policy { get; } = policy;

        public Incident? Incident { get; set; }
    }
}
