using FastVlm.Grains.Placement;
using Orleans.Placement;

namespace FastVlm.Grains.Tests.Placement;

/// <summary>A grain that says on which node it lives.</summary>
[Alias("fastvlm.tests.where")]
public interface IWhereGrain : IGrainWithStringKey
{
    [Alias("Where")]
    Task<string> Where();
}

public abstract class WhereGrain(ILocalSiloDetails self) : Grain, IWhereGrain
{
    public Task<string> Where() => Task.FromResult(self.Name);
}

// Orleans' default weighs processors and memory, and may put all on one node; here every place that is allowed is to be used.
[RandomPlacement]
[OnSilosWithRole("camera")]
[GrainType("tests-where-camera")]
public sealed class CameraRoleGrain(ILocalSiloDetails self) : WhereGrain(self);

[OnNamedSilo]
[GrainType("tests-where-named")]
public sealed class NamedGrain(ILocalSiloDetails self) : WhereGrain(self);

[OnNamedSilo]
[OnSilosWithRole("web")]
[GrainType("tests-where-named-web")]
public sealed class NamedWebGrain(ILocalSiloDetails self) : WhereGrain(self);

[RandomPlacement]
[GrainType("tests-where-anywhere")]
public sealed class AnywhereGrain(ILocalSiloDetails self) : WhereGrain(self);
