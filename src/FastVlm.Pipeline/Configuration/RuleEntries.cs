using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Configuration;

internal sealed class RuleEntries : EntryKind<RuleId, RuleSpec>
{
    public override string Noun => "rule";

    public override int CountMax => Limits.RulesMax;

    public override string ListName => "rules";

    public override IReadOnlyList<Entry<RuleId, RuleSpec>> In(PlatformConfiguration configuration) => configuration.Rules;

    public override PlatformConfiguration With(PlatformConfiguration configuration, IReadOnlyList<Entry<RuleId, RuleSpec>> entries) =>
        configuration with { Rules = entries };

    public override string NameOf(RuleSpec spec) => spec.Name;

    public override RuleId NewId(DateTimeOffset now) => RuleId.New(now);

    public override Prepared<RuleSpec> Prepare(RuleSpec spec, RuleSpec? stored)
    {
        var trimmed = spec with { Name = spec.Name.Trim() };
        return new Prepared<RuleSpec>(trimmed, RuleSpecValidator.Validate(trimmed));
    }

    public override IReadOnlyList<SpecError> CheckReferences(RuleSpec spec, PlatformConfiguration configuration) =>
        References.Check(spec.Cameras, configuration);

    public override RuleSpec Link(RuleSpec spec, PlatformConfiguration configuration, FaultList faults) =>
        spec with { Cameras = References.Link(spec.Cameras, configuration, faults) };

    public override RuleSpec Name(RuleSpec spec, PlatformConfiguration configuration) =>
        spec with { Cameras = References.Name(spec.Cameras, configuration) };

    public override Prepared<PlatformConfiguration> Unlink(RuleId id, PlatformConfiguration configuration)
    {
        var faults = new FaultList();
        var endpoints = configuration.Endpoints.Select(endpoint => References.Without(id, endpoint, faults)).ToArray();
        return new Prepared<PlatformConfiguration>(configuration with { Endpoints = endpoints }, faults.Errors);
    }
}
