namespace FastVlm.Pipeline.Configuration;

/// <param name="countMax">Cameras of the installation.</param>
internal sealed class CameraEntries(int countMax = Limits.CamerasMax) : EntryKind<CameraId, CameraSpec>
{
    public override string Noun => "camera";

    public override int CountMax => countMax;

    public override string ListName => "cameras";

    public override IReadOnlyList<Entry<CameraId, CameraSpec>> In(PlatformConfiguration configuration) => configuration.Cameras;

    public override PlatformConfiguration With(PlatformConfiguration configuration, IReadOnlyList<Entry<CameraId, CameraSpec>> entries) =>
        configuration with { Cameras = entries };

    public override string NameOf(CameraSpec spec) => spec.Name;

    public override CameraId NewId(DateTimeOffset now) => CameraId.New(now);

    public override Prepared<CameraSpec> Prepare(CameraSpec spec, CameraSpec? stored)
    {
        var (completed, errors) = CameraSecrets.Complete(spec with { Name = spec.Name.Trim() }, stored);
        return new Prepared<CameraSpec>(completed, [.. errors, .. CameraSpecValidator.Validate(completed)]);
    }

    public override IReadOnlyList<SpecError> CheckReferences(CameraSpec spec, PlatformConfiguration configuration) => [];

    public override CameraSpec Link(CameraSpec spec, PlatformConfiguration configuration, FaultList faults) => spec;

    public override CameraSpec Name(CameraSpec spec, PlatformConfiguration configuration) => spec;

    public override Prepared<PlatformConfiguration> Unlink(CameraId id, PlatformConfiguration configuration)
    {
        var faults = new FaultList();
        var next = configuration with
        {
            Rules = [.. configuration.Rules.Select(rule => References.Without(
                id, rule, spec => spec.Cameras, (spec, cameras) => spec with { Cameras = cameras }, $"Rule '{rule.Spec.Name}'", faults))],
            Endpoints = [.. configuration.Endpoints.Select(endpoint => References.Without(
                id, endpoint, spec => spec.Cameras, (spec, cameras) => spec with { Cameras = cameras },
                $"Webhook '{endpoint.Spec.Name}'", faults))],
        };
        return new Prepared<PlatformConfiguration>(next, faults.Errors);
    }
}
