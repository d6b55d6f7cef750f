using System.Text.Json;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Members;
using FastVlm.Grains.Silos;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Cameras;

/// <summary>The cluster's cameras for those who look on: asks the nodes where they run. A node that does not answer is left out.</summary>
public sealed class ClusterCameraMonitor(
    IGrainFactory grains,
    ClusterMembers members,
    IConfigurationDesk configuration,
    TimeProvider timeProvider,
    ILogger<ClusterCameraMonitor> logger)
    : ICameraMonitor, ILiveVideo
{
    public async Task<CameraReport?> FindAsync(CameraId id, CancellationToken cancellationToken)
    {
        if (configuration.Cameras.Find(id) is not { } camera)
        {
            return null;
        }

        if (!camera.Spec.Enabled)
        {
            return Off(camera);
        }

        var report = await AskAsync(id, async grain => (await grain.Report()).Read<CameraReport>(), cancellationToken);
        return report ?? Unknown(camera);
    }

    public async Task<IReadOnlyDictionary<CameraId, CameraReport>> ListAsync(CancellationToken cancellationToken)
    {
        var reports = new Dictionary<CameraId, CameraReport>();
        var nodes = members.Current.LiveWith(SiloRoles.Camera).Select(node => node.Name).ToList();
        foreach (var node in await Task.WhenAll(nodes.Select(name => AskAsync(name, cancellationToken))))
        {
            foreach (var (id, report) in node)
            {
                reports[id] = report;
            }
        }

        foreach (var camera in configuration.Current.Cameras)
        {
            reports.TryAdd(camera.Id, camera.Spec.Enabled ? Unknown(camera) : Off(camera));
        }

        return reports;
    }

    public async Task<CameraPicture?> FindPictureAsync(CameraId id, CaptionId? captionId, CancellationToken cancellationToken) =>
        IsOn(id) && await AskAsync(id, grain => grain.FindPicture(captionId?.Value), cancellationToken) is { } picture
            ? new CameraPicture(picture.CaptionId is { } caption ? new CaptionId(caption) : null, picture.CapturedAt, picture.Jpeg)
            : null;

    public async Task<bool> ReconnectAsync(CameraId id, CancellationToken cancellationToken) =>
        IsOn(id) && await AskAsync(id, grain => grain.Reconnect(), cancellationToken);

    public async Task<LiveVideoFile?> ReadAsync(CameraId id, string fileName, CancellationToken cancellationToken)
    {
        if (!IsOn(id))
        {
            return null;
        }

        // Waits for the first segment: longer than other questions may take.
        var file = await grains.GetGrain<ICameraGrain>(id.Value).ReadLiveVideo(fileName, cancellationToken);
        return file is null ? null
            : file.Failure is { } failure ? throw new FailureException(file.FailureKind, failure)
            : new LiveVideoFile(file.ContentType!, file.Content);
    }

    private bool IsOn(CameraId id) => configuration.Cameras.Find(id) is { Spec.Enabled: true };

    private CameraReport Unknown(Entry<CameraId, CameraSpec> camera) => Without(camera, new CameraStatus
    {
        CameraId = camera.Id,
        State = CameraState.Connecting,
        Since = timeProvider.GetUtcNow(),
        Reason = members.Current.LiveWith(SiloRoles.Camera).Any()
            ? "The camera is being taken over by another node."
            : "No node with the role camera is there; start one.",
    });

    private static CameraReport Off(Entry<CameraId, CameraSpec> camera) => Without(
        camera, new CameraStatus { CameraId = camera.Id, State = CameraState.Disabled, Since = camera.UpdatedAt });

    private static CameraReport Without(Entry<CameraId, CameraSpec> camera, CameraStatus status) =>
        new() { Status = status with { CameraId = camera.Id } };

    private async Task<T?> AskAsync<T>(CameraId id, Func<ICameraGrain, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(grains.GetGrain<ICameraGrain>(id.Value))
                .WaitAsync(ClusterLimits.ReportWithin, timeProvider, cancellationToken);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or IOException or JsonException)
        {
            logger.SiloNotReached(id.Value, e.Message);
            return default;
        }
    }

    private async Task<Dictionary<CameraId, CameraReport>> AskAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            var report = await grains.GetGrain<ISiloGrain>(node).Report()
                .WaitAsync(ClusterLimits.ReportWithin, timeProvider, cancellationToken);
            return report.Read<Dictionary<CameraId, CameraReport>>();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or IOException or WrongNodeException or JsonException)
        {
            // It may be away, or of a version whose words we do not know; the other nodes' cameras are shown all the same.
            logger.SiloNotReached(node, e.Message);
            return [];
        }
    }
}
