using FastVlm.Grains.Placement;
using Orleans.Concurrency;
using Orleans.Placement;

namespace FastVlm.Grains.Fleet;

/// <summary>A shell before <see cref="FleetKeeper"/>, whose passes it makes one at a time.</summary>
[OnSilosWithRole("camera")]
[RandomPlacement]
[KeepAlive]
[Reentrant]
public sealed class FleetGrain(FleetKeeper keeper) : Grain, IFleetGrain
{
    private FleetMemory memory = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // The next pass comes a period after the last one has ended.
        this.RegisterGrainTimer(
            PassAsync, new GrainTimerCreationOptions(TimeSpan.Zero, ClusterLimits.FleetPeriod) { KeepAlive = true, Interleave = true });
        return Task.CompletedTask;
    }

    public Task Beat() => Task.CompletedTask;

    private async Task PassAsync(CancellationToken cancellationToken) => memory = await keeper.PassAsync(memory, cancellationToken);
}
