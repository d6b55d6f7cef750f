using FastVlm.Grains.Cameras;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Members;
using FastVlm.Grains.Silos;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;

namespace FastVlm.Grains.Fleet;

/// <summary>What one pass leaves to the next.</summary>
public sealed record FleetMemory
{
    /// <summary>What each run of a node said last: for one that does not answer.</summary>
    public IReadOnlyDictionary<SiloAddress, NodeCamerasWire> Said { get; init; } = new Dictionary<SiloAddress, NodeCamerasWire>();

    /// <summary>When cameras that nobody runs were last looked for.</summary>
    public DateTimeOffset SweptAt { get; init; } = DateTimeOffset.MinValue;
}

/// <summary>
/// Makes one pass over the fleet: asks the nodes what runs, has it planned, and starts, moves and ends cameras. Keeps nothing
/// itself: whoever takes over sees the same.
/// </summary>
public sealed class FleetKeeper(
    IGrainFactory grains,
    ClusterMembers members,
    IConfigurationDesk configuration,
    IIncidentLog incidents,
    TimeProvider timeProvider,
    ILogger<FleetKeeper> logger)
{
    public async Task<FleetMemory> PassAsync(FleetMemory memory, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var view = members.Current;
        var nodes = view.Members
            .Where(m => m.State is SiloState.Live or SiloState.ShuttingDown && m.Roles.HasFlag(SiloRoles.Camera)).ToList();
        var said = await AskAsync(nodes, memory, cancellationToken);
        if (view.IsIncomplete || said.Count < nodes.Count)
        {
            // A node has not told its roles or its cameras yet: what it runs must not be started a second time.
            return memory with { Said = said };
        }

        var running = nodes.ToDictionary(
            node => node.Name, node => (IReadOnlyCollection<CameraId>)[.. said[node.Address].Cameras.Select(id => new CameraId(id))]);
        var draining = nodes.Where(node => node.State == SiloState.ShuttingDown || said[node.Address].IsDraining)
            .Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var cameras = configuration.Current.Cameras;
        var plan = FleetPlanner.Plan(cameras.Where(camera => camera.Spec.Enabled).Select(camera => camera.Id), running, draining);
        if (plan.Starts.Count + plan.Moves.Count + plan.Stops.Count > 0)
        {
            logger.FleetPlanned(plan.Starts.Count, plan.Moves.Count, plan.Stops.Count, running.Count);
        }

        await CarryOutAsync(plan, view, cancellationToken);
        return await SweepAsync(memory with { Said = said }, running, cancellationToken);
    }

    /// <summary>A node that does not answer is taken by its last word, until it is known to be dead.</summary>
    private async Task<Dictionary<SiloAddress, NodeCamerasWire>> AskAsync(
        List<SiloMember> nodes, FleetMemory memory, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(nodes.Select(async node => (node.Address, Said: await AskAsync(node, memory, cancellationToken))));
        return answers.Where(answer => answer.Said is not null).ToDictionary(answer => answer.Address, answer => answer.Said!);
    }

    private async Task<NodeCamerasWire?> AskAsync(SiloMember node, FleetMemory memory, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<ISiloGrain>(node.Name).ListCameras()
                .WaitAsync(ClusterLimits.ReportWithin, timeProvider, cancellationToken);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or IOException or WrongNodeException)
        {
            logger.SiloNotReached(node.Name, e.Message);
            return memory.Said.GetValueOrDefault(node.Address);
        }
    }

    private Task CarryOutAsync(FleetPlan plan, ClusterView view, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = ClusterLimits.StartsAtOnceMax,
            CancellationToken = cancellationToken,
            TaskScheduler = TaskScheduler.Current,
        };
        var work = plan.Starts.Select(start => (Func<Task>)(() => StartAsync(start.Camera, start.Silo, view)))
            .Concat(plan.Moves.Select(move => (Func<Task>)(() => MoveAsync(move.Camera, move.Silo, view))))
            .Concat(plan.Stops.Select(camera => (Func<Task>)(() => TryAsync(camera, "", grain => grain.Close()))));
        return Parallel.ForEachAsync(work, options, async (step, _) => await step());
    }

    private Task StartAsync(CameraId camera, string silo, ClusterView view)
    {
        if (view.Find(silo) is { } node)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, node.Address);
        }

        return TryAsync(camera, silo, grain => grain.Start());
    }

    private Task MoveAsync(CameraId camera, string silo, ClusterView view) =>
        view.Find(silo) is { } node ? TryAsync(camera, silo, grain => grain.Move(node.Address)) : Task.CompletedTask;

    /// <summary>What does not come about now is planned again with the next pass.</summary>
    private async Task TryAsync(CameraId camera, string silo, Func<ICameraGrain, Task> call)
    {
        try
        {
            await call(grains.GetGrain<ICameraGrain>(camera.Value));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.CameraNotStarted(camera.Value, silo, e.Message);
        }
    }

    /// <summary>A camera that was removed or switched off while nobody ran it may have left open incidents: its slot clears them.</summary>
    private async Task<FleetMemory> SweepAsync(
        FleetMemory memory, Dictionary<string, IReadOnlyCollection<CameraId>> running, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (now - memory.SweptAt < ClusterLimits.FleetSweepPeriod)
        {
            return memory;
        }

        try
        {
            var off = configuration.Current.Cameras.Where(camera => camera.Spec.Enabled).Select(camera => camera.Id)
                .Concat(running.Values.SelectMany(cameras => cameras)).ToHashSet();
            var open = await incidents.ListOpenAsync(cancellationToken);
            foreach (var camera in open.Select(incident => incident.CameraId).OfType<CameraId>().Distinct().Where(id => !off.Contains(id)))
            {
                await TryAsync(camera, "", grain => grain.Start());
            }
        }
        catch (StorageException e)
        {
            logger.FleetNotReached(e.Message);
        }

        return memory with { SweptAt = now };
    }
}
