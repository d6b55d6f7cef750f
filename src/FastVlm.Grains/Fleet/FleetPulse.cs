using FastVlm.Grains.Members;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Fleet;

/// <summary>
/// Keeps the fleet's grain alive: every node calls it once a second, so that another node runs it soon after the one that did
/// is gone. This is the cluster's replacement for reminders, which come no faster than once a minute.
/// </summary>
public sealed class FleetPulse(IGrainFactory grains, ClusterMembers members, TimeProvider timeProvider, ILogger<FleetPulse> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ClusterLimits.FleetPeriod, timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!members.Current.LiveWith(SiloRoles.Camera).Any())
            {
                continue;
            }

            try
            {
                await grains.GetGrain<IFleetGrain>(IFleetGrain.Key).Beat()
                    .WaitAsync(ClusterLimits.ReportWithin, timeProvider, stoppingToken);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or IOException)
            {
                logger.FleetNotReached(e.Message);
            }
        }
    }
}
