using FastVlm.Grains.Members;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Silos;

/// <summary>
/// What all nodes do, for those who look on from this one: asks each node every <see cref="ClusterLimits.BoardPeriod"/>, so
/// that a reader never waits. Only on nodes with the role web.
/// </summary>
public sealed class ClusterBoard(IGrainFactory grains, ClusterMembers members, TimeProvider timeProvider, ILogger<ClusterBoard> logger)
    : BackgroundService, INodeDirectory, IModelCatalogue
{
    private volatile IReadOnlyList<NodeReport> nodes = [];

    IReadOnlyList<NodeReport> INodeDirectory.List() => nodes;

    /// <summary>The models that caption now, each once; figures are of the node that has looked most often.</summary>
    IReadOnlyList<ModelCard> IModelCatalogue.List() =>
    [
        .. nodes.SelectMany(node => node.Devices).Select(device => device.Model)
            .GroupBy(model => (model.Name, model.Dtype, model.Description?.Fingerprint))
            .Select(same => same.MaxBy(model => model.Figures?.LookCount ?? 0)!)
            .OrderBy(model => model.Name, StringComparer.Ordinal),
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ClusterLimits.BoardPeriod, timeProvider);
        do
        {
            nodes = await Task.WhenAll(members.Current.Members.Select(member => AskAsync(member, stoppingToken)));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<NodeReport> AskAsync(SiloMember member, CancellationToken cancellationToken)
    {
        var bare = new NodeReport
        {
            Name = member.Name,
            Version = member.Version,
            Roles = SiloRoleNames.Write(member.Roles).Split(',', StringSplitOptions.RemoveEmptyEntries),
            State = member.State switch
            {
                SiloState.Joining => NodeState.Joining,
                SiloState.Live => NodeState.Silent,
                SiloState.ShuttingDown => NodeState.ShuttingDown,
                _ => NodeState.Dead,
            },
        };
        if (member.State != SiloState.Live)
        {
            return bare;
        }

        try
        {
            var report = await grains.GetGrain<ISiloGrain>(member.Name).Describe()
                .WaitAsync(ClusterLimits.ReportWithin, timeProvider, cancellationToken);
            return report.Read<NodeReport>();
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            logger.SiloNotReached(member.Name, e.Message);
            return bare;
        }
    }
}
