using System.Collections.Concurrent;
using System.Threading.Channels;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Embedded.Platform;

/// <summary>
/// Keeps the running cameras equal to the configured ones: one loop takes the newest configuration, stops what is gone,
/// starts what is new and passes on what changed. Configurations that come meanwhile replace each other.
/// </summary>
internal sealed class CameraFleet(Func<CameraId, CameraSlot> newSlot) : ICameraMonitor
{
    private readonly ConcurrentDictionary<CameraId, CameraSlot> _slots = new();
    private readonly Channel<PlatformConfiguration> _wanted = Channel.CreateBounded<PlatformConfiguration>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>The configuration to run from now on; returns at once.</summary>
    public void Apply(PlatformConfiguration configuration) => _wanted.Writer.TryWrite(configuration);

    /// <summary>Runs until cancelled; then every camera is stopped and its ffmpeg gone. Call once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var configuration in _wanted.Reader.ReadAllAsync(cancellationToken))
            {
                await ReconcileAsync(configuration);
            }
        }
        finally
        {
            await Task.WhenAll(_slots.Values.Select(slot => slot.DisposeAsync().AsTask()));
        }
    }

    public CameraReport? Find(CameraId id) => _slots.TryGetValue(id, out var slot) ? slot.Report() : null;

    public CameraPicture? FindPicture(CameraId id, CaptionId? captionId) =>
        _slots.TryGetValue(id, out var slot) ? slot.Pictures.Find(captionId) : null;

    public bool Reconnect(CameraId id) => _slots.TryGetValue(id, out var slot) && slot.Reconnect();

    /// <summary>Names and states of all cameras.</summary>
    public IReadOnlyList<(string Name, CameraStatus Status)> Statuses() =>
        [.. _slots.Values.Select(slot => (slot.Name, slot.Status))];

    /// <summary>Lets time pass: schedules end and cooldowns pass also while no caption comes.</summary>
    public Task TickAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_slots.Values.Select(slot => slot.TickAsync(cancellationToken)));

    /// <summary>A person acknowledged or judged an incident.</summary>
    public Task AnnotateAsync(Incident incident, CancellationToken cancellationToken) =>
        incident.CameraId is { } id && _slots.TryGetValue(id, out var slot)
            ? slot.AnnotateAsync(incident, cancellationToken)
            : Task.CompletedTask;

    private async Task ReconcileAsync(PlatformConfiguration configuration)
    {
        var wanted = configuration.Cameras.ToDictionary(camera => camera.Id);
        var gone = _slots.Keys.Where(id => !wanted.ContainsKey(id)).ToList();
        await Task.WhenAll(gone.Select(RemoveAsync));
        await Task.WhenAll(wanted.Values.Select(camera =>
            _slots.GetOrAdd(camera.Id, newSlot).ApplyAsync(camera, configuration)));
    }

    private async Task RemoveAsync(CameraId id)
    {
        if (_slots.TryRemove(id, out var slot))
        {
            await slot.RemoveAsync();
        }
    }
}
