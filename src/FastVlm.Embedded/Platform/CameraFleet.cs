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

    private volatile bool _isConfigured;

    /// <summary>The configuration to run from now on; returns at once.</summary>
    public void Apply(PlatformConfiguration configuration) => _wanted.Writer.TryWrite(configuration);

    /// <summary>Runs until cancelled; then every camera is stopped and its ffmpeg gone. Call once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var configuration in _wanted.Reader.ReadAllAsync(cancellationToken))
            {
                await ReconcileAsync(configuration, cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(_slots.Values.Select(slot => slot.DisposeAsync().AsTask()));
        }
    }

    /// <summary>The first configuration has been applied.</summary>
    public bool IsConfigured => _isConfigured;

    public int Count => _slots.Count;

    public bool Knows(CameraId id) => _slots.ContainsKey(id);

    public Task<CameraReport?> FindAsync(CameraId id, CancellationToken cancellationToken) =>
        Task.FromResult(_slots.TryGetValue(id, out var slot) ? slot.Report() : null);

    public Task<IReadOnlyDictionary<CameraId, CameraReport>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<CameraId, CameraReport>>(_slots.ToDictionary(slot => slot.Key, slot => slot.Value.Report()));

    public Task<CameraPicture?> FindPictureAsync(CameraId id, CaptionId? captionId, CancellationToken cancellationToken) =>
        Task.FromResult(_slots.TryGetValue(id, out var slot) ? slot.Pictures.Find(captionId) : null);

    public Task<bool> ReconnectAsync(CameraId id, CancellationToken cancellationToken) =>
        Task.FromResult(_slots.TryGetValue(id, out var slot) && slot.Reconnect());

    /// <summary>Lets a second pass for every camera.</summary>
    public Task TickAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_slots.Values.Select(slot => slot.TickAsync(cancellationToken)));

    /// <summary>A person acknowledged or judged an incident.</summary>
    public Task AnnotateAsync(Incident incident, CancellationToken cancellationToken) =>
        incident.CameraId is { } id && _slots.TryGetValue(id, out var slot)
            ? slot.AnnotateAsync(incident, cancellationToken)
            : Task.CompletedTask;

    private async Task ReconcileAsync(PlatformConfiguration configuration, CancellationToken cancellationToken)
    {
        var wanted = configuration.Cameras.ToDictionary(camera => camera.Id);
        var gone = _slots.Keys.Where(id => !wanted.ContainsKey(id)).ToList();
        await Task.WhenAll(gone.Select(id => RemoveAsync(id, cancellationToken)));
        await Task.WhenAll(wanted.Values.Select(camera =>
            _slots.GetOrAdd(camera.Id, newSlot).ApplyAsync(camera, configuration)));
        _isConfigured = true;
    }

    private async Task RemoveAsync(CameraId id, CancellationToken cancellationToken)
    {
        if (_slots.TryRemove(id, out var slot))
        {
            await slot.RemoveAsync(cancellationToken);
        }
    }
}
