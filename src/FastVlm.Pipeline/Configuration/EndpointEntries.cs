using FastVlm.Pipeline.Alerts;

namespace FastVlm.Pipeline.Configuration;

internal sealed class EndpointEntries(DestinationPolicy destinations) : EntryKind<EndpointId, EndpointSpec>
{
    public override string Noun => "webhook";

    public override int CountMax => Limits.EndpointsMax;

    public override string ListName => "endpoints";

    public override IReadOnlyList<Entry<EndpointId, EndpointSpec>> In(PlatformConfiguration configuration) => configuration.Endpoints;

    public override PlatformConfiguration With(
        PlatformConfiguration configuration, IReadOnlyList<Entry<EndpointId, EndpointSpec>> entries) =>
        configuration with { Endpoints = entries };

    public override string NameOf(EndpointSpec spec) => spec.Name;

    public override EndpointId NewId(DateTimeOffset now) => EndpointId.New(now);

    public override Prepared<EndpointSpec> Prepare(EndpointSpec spec, EndpointSpec? stored)
    {
        var (completed, errors) = EndpointSecrets.Complete(spec with { Name = spec.Name.Trim() }, stored);
        var enabled = completed.Enabled ? completed with { DisabledReason = null } : completed;
        return new Prepared<EndpointSpec>(enabled, [.. errors, .. EndpointSpecValidator.Validate(enabled, destinations)]);
    }

    public override IReadOnlyList<SpecError> CheckReferences(EndpointSpec spec, PlatformConfiguration configuration)
    {
        var known = configuration.Rules.Select(rule => rule.Id).ToHashSet();
        var missing = spec.Rules
            .Select((id, i) => (Id: id, Path: $"$.rules[{i}]"))
            .Where(reference => !known.Contains(reference.Id))
            .Select(reference => new SpecError(
                reference.Path, $"There is no rule '{reference.Id}'; choose one of those under /api/rules."));
        return [.. References.Check(spec.Cameras, configuration), .. missing];
    }

    public override EndpointSpec Link(EndpointSpec spec, PlatformConfiguration configuration, FaultList faults) => spec with
    {
        Cameras = References.Link(spec.Cameras, configuration, faults),
        Rules = References.Link("$.rules", spec.Rules, new RuleEntries(), configuration, faults),
    };

    public override EndpointSpec Name(EndpointSpec spec, PlatformConfiguration configuration) => spec with
    {
        Cameras = References.Name(spec.Cameras, configuration),
        Rules = References.Name(spec.Rules, new RuleEntries(), configuration),
    };

    public override Prepared<PlatformConfiguration> Unlink(EndpointId id, PlatformConfiguration configuration) => new(configuration, []);

    /// <summary>
    /// A receiver that is gone is disabled, whoever wrote the endpoint. The file's word counts again when it is read anew.
    /// </summary>
    public override bool IsOwnDoing(EndpointSpec stored, EndpointSpec changed) => SpecComparison.SaysTheSame(
        stored,
        changed with { Enabled = stored.Enabled, DisabledReason = stored.DisabledReason })
        && changed is { Enabled: false, DisabledReason: not null };
}
