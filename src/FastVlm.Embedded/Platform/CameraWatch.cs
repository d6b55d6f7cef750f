using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Incidents;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Platform;

/// <summary>
/// Lets a second pass for every camera: whoever is down is told of, schedules end. Clears the incidents of cameras that were
/// removed while the platform did not run.
/// </summary>
internal sealed class CameraWatch(
    CameraFleet fleet, IncidentRecorder recorder, IReadOnlyList<Incident> open, TimeProvider timeProvider, ILogger logger)
{
    private readonly List<(CameraId Camera, CameraDownWatch Watch)> _unclaimed =
    [
        .. DownIncidents(open).Select(incident =>
            (incident.CameraId!.Value, new CameraDownWatch(incident.CameraId.Value, incident, recorder, logger))),
    ];

    /// <summary>The camera's open incident of an earlier run.</summary>
    public static Incident? FindDown(IEnumerable<Incident> open, CameraId camera) =>
        DownIncidents(open).FirstOrDefault(incident => incident.CameraId == camera);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Limits.CameraWatchPeriod, timeProvider);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (fleet.IsConfigured)
            {
                await ClearRemovedAsync(cancellationToken);
            }

            await fleet.TickAsync(cancellationToken);
        }
    }

    private static IEnumerable<Incident> DownIncidents(IEnumerable<Incident> open) =>
        open.Where(incident => incident is { Kind: IncidentKind.CameraDown, CameraId: not null });

    /// <summary>Cameras that are there have their own watch.</summary>
    private async Task ClearRemovedAsync(CancellationToken cancellationToken)
    {
        _unclaimed.RemoveAll(down => fleet.Knows(down.Camera));
        foreach (var (_, watch) in _unclaimed)
        {
            await watch.EndAsync(timeProvider.GetUtcNow(), cancellationToken);
        }

        _unclaimed.RemoveAll(down => !down.Watch.Waits);
    }
}
