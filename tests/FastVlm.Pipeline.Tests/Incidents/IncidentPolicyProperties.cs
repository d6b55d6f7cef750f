using System.Text.Json;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FsCheck;
using FsCheck.Fluent;

namespace FastVlm.Pipeline.Tests.Incidents;

/// <summary>What holds for every timing and every sequence of looks: a policy can go on in another process.</summary>
public sealed class IncidentPolicyProperties
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(3000).WithReplay(20260102, 9);

    private static readonly Gen<Scenario> Scenarios =
        from timing in TakeoverGenerators.Timings
        from steps in Steps().ListOf()
        from cut in Gen.Choose(0, steps.Count)
        select new Scenario(timing, OnTimeLine(steps), cut);

    [Fact]
    public void It_goes_on_from_its_stored_state_as_if_never_interrupted() => Check.One(Settings, Prop.ForAll(
        Scenarios.ToArbitrary(),
        scenario =>
        {
            var first = new IncidentPolicy(scenario.Timing);
            var before = Run(first, scenario.Before);
            var second = IncidentPolicy.Restore(scenario.Timing, ThroughJson(first.Snapshot()));

            return before.Concat(Run(second, scenario.After)).SequenceEqual(Run(new IncidentPolicy(scenario.Timing), scenario.Steps));
        }));

    [Fact]
    public void One_that_remembers_nothing_decides_as_a_new_one() => Check.One(Settings, Prop.ForAll(
        Scenarios.ToArbitrary(),
        scenario =>
        {
            var used = new IncidentPolicy(scenario.Timing);
            Run(used, scenario.Before);
            var fresh = new IncidentPolicy(scenario.Timing);

            return used.RemembersAnything || Run(used, scenario.After).SequenceEqual(Run(fresh, scenario.After));
        }));

    [Fact]
    public void Its_state_comes_back_from_JSON_as_it_was() => Check.One(Settings, Prop.ForAll(
        Scenarios.ToArbitrary(),
        scenario =>
        {
            var policy = new IncidentPolicy(scenario.Timing);
            Run(policy, scenario.Before);
            var (written, read) = (policy.Snapshot(), ThroughJson(policy.Snapshot()));

            return read.Looks.SequenceEqual(written.Looks) && read with { Looks = written.Looks } == written;
        }));

    private static PolicyState ThroughJson(PolicyState state) =>
        JsonSerializer.Deserialize<PolicyState>(JsonSerializer.Serialize(state, PlatformJson.Options), PlatformJson.Options)!;

    private static List<(PolicyChange Change, long MatchCount)> Run(IncidentPolicy policy, IEnumerable<Step> steps) =>
    [
        .. steps.Select(step =>
        (
            step.IsMatch is { } isMatch
                ? policy.Advance(isMatch, step.IsScheduled, step.At)
                : policy.AdvanceSchedule(step.IsScheduled),
            policy.MatchCount)),
    ];

    private static Gen<(bool? IsMatch, bool IsScheduled, TimeSpan Passed)> Steps() =>
        from isMatch in Gen.Elements<bool?>(true, true, false, false, null)
        from scheduled in Gen.Choose(0, 9)
        from passed in TakeoverGenerators.Passing
        from setBack in Gen.Choose(0, 19)
        select (isMatch, scheduled > 0, setBack == 0 ? -passed : passed);

    private static IReadOnlyList<Step> OnTimeLine(IEnumerable<(bool? IsMatch, bool IsScheduled, TimeSpan Passed)> steps)
    {
        var at = TakeoverGenerators.Start;
        return [.. steps.Select(step => new Step(step.IsMatch, step.IsScheduled, at += step.Passed))];
    }

    /// <summary>A look, or time that passes without one.</summary>
    private sealed record Step(bool? IsMatch, bool IsScheduled, DateTimeOffset At);

    private sealed record Scenario(RuleTiming Timing, IReadOnlyList<Step> Steps, int Cut)
    {
        public IEnumerable<Step> Before => Steps.Take(Cut);

        public IEnumerable<Step> After => Steps.Skip(Cut);

        public override string ToString() => $"{Timing}, cut at {Cut}: {string.Join("; ", Steps)}";
    }
}
