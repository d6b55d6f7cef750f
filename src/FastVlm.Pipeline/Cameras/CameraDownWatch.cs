using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Cameras;

/// <summary>
/// Records the incidents of one camera that is down. A change that the store does not take now is tried again, in order,
/// until it does. Safe for concurrent use: a camera may be removed while it is being judged.
/// </summary>
/// <param name="camera">The camera.</param>
/// <param name="open">Its open incident of an earlier run or another machine; null where there is none.</param>
/// <param name="recorder">Where changes go.</param>
/// <param name="logger">Is told of what waits.</param>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle, and may be waited for while the camera goes.")]
public sealed class CameraDownWatch(CameraId camera, Incident? open, IncidentRecorder recorder, ILogger logger)
{
    private readonly CameraDownPolicy policy = new(camera, open);

    private readonly SemaphoreSlim turn = new(1);

    // At most a few changes wait: an incident opens and clears no faster than its limits allow.
    private readonly Queue<IncidentChange> pending = new();
    private readonly ConcurrentQueue<Incident> annotated = new();

    /// <summary>The store has not taken everything yet.</summary>
    public bool Waits => pending.Count > 0;

    /// <summary>A person acknowledged or judged an incident of the camera.</summary>
    public void Annotate(Incident incident) => annotated.Enqueue(incident);

    /// <summary>Takes the camera's present status into account.</summary>
    public Task AdvanceAsync(CameraStatus status, string cameraName, DateTimeOffset now, CancellationToken cancellationToken) =>
        RecordAsync(() => policy.Advance(status, cameraName, now), now, cancellationToken);

    /// <summary>The camera was removed; to be called again while <see cref="Waits"/>.</summary>
    public Task EndAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        RecordAsync(() => policy.End(now), now, cancellationToken);

    private void TakeAnnotations()
    {
        while (annotated.TryDequeue(out var incident))
        {
            policy.Annotate(incident);
        }
    }

    private async Task RecordAsync(Func<IncidentChange?> decide, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            TakeAnnotations();
            if (decide() is { } change)
            {
                pending.Enqueue(change);
            }

            await RecordPendingAsync(now, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task RecordPendingAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (pending.TryPeek(out var next))
        {
            try
            {
                await recorder.RecordAsync(next, now, cancellationToken);
                pending.Dequeue();
            }
            catch (StorageException e)
            {
                logger.IncidentWaits(next.Incident.Title, pending.Count, e.Message);
                return;
            }
        }
    }
}
