using FastVlm.Pipeline.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace FastVlm.Pipeline.Tests.Incidents;

/// <summary>What holds for all rules, looks and moments: a camera's rules go on in another process as if nothing had been.</summary>
public sealed class IncidentTrackerProperties
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(1500).WithReplay(20260103, 11);

    private static readonly Gen<TakeoverStep> Steps =
        from text in Gen.Elements("A part dropped.", "A part dropped.", "The belt runs.", null)
        from yes in Gen.Elements<double?>(0.9, 0.1, null)
        from passed in TakeoverGenerators.Passing
        from deliveredAfter in Gen.Choose(0, 4)
        select new TakeoverStep(text, yes, passed, deliveredAfter);

    private static readonly Gen<Scenario> Scenarios =
        from caption in TakeoverGenerators.Timings
        from question in TakeoverGenerators.Timings
        from shift in TakeoverGenerators.Timings
        from steps in Steps.ListOf()
        from cut in Gen.Choose(0, steps.Count)
        select new Scenario([caption, question, shift], steps, cut);

    [Fact]
    public void A_takeover_changes_no_decision() => Check.One(Settings, Prop.ForAll(
        Scenarios.ToArbitrary(),
        scenario => new TakeoverRun(scenario.Timings).Of(scenario.Steps, cut: -1).SequenceEqual(
            new TakeoverRun(scenario.Timings).Of(scenario.Steps, scenario.Cut))));

    private sealed record Scenario(IReadOnlyList<RuleTiming> Timings, IReadOnlyList<TakeoverStep> Steps, int Cut)
    {
        public override string ToString() => $"{string.Join(", ", Timings)}, cut at {Cut}: {string.Join("; ", Steps)}";
    }
}
