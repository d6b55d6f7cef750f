using System.Collections.Concurrent;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;

namespace FastVlm.Video.Live;

/// <summary>
/// Live video of all cameras that <see cref="Cameras.CameraSources"/> reads. Give it to them and to whoever serves HTTP.
/// Nothing is kept of a camera that nobody asked for in the last 30 s.
/// </summary>
public sealed class LiveVideo(TimeProvider timeProvider) : ILiveVideo
{
    private readonly ConcurrentDictionary<CameraId, LiveStream> streams = new();

    /// <inheritdoc/>
    public async Task<LiveVideoFile?> ReadAsync(CameraId id, string fileName, CancellationToken cancellationToken) =>
        streams.TryGetValue(id, out var stream) ? await stream.ReadAsync(fileName, cancellationToken) : null;

    /// <summary>The camera was removed or disabled: it is unknown from now on.</summary>
    public void Forget(CameraId id)
    {
        if (streams.TryRemove(id, out var stream))
        {
            stream.End();
        }
    }

    /// <summary>The stream of a camera as it is configured now.</summary>
    internal LiveStream NewStream(CameraId id, string? refusal)
    {
        var stream = new LiveStream(refusal, timeProvider);
        streams[id] = stream;
        return stream;
    }
}
