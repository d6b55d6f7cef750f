using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Grains;

/// <summary>
/// Finds a camera in the present configuration without going through all of them: a node asks for each of its cameras with
/// every change. Safe for concurrent use.
/// </summary>
internal sealed class ConfiguredCameras
{
    private volatile Index? index;

    /// <returns>Null where it is configured no more.</returns>
    public Entry<CameraId, CameraSpec>? Find(PlatformConfiguration configuration, CameraId id)
    {
        var present = index;
        if (present is null || !ReferenceEquals(present.Cameras, configuration.Cameras))
        {
            index = present = new Index(configuration.Cameras, configuration.Cameras.ToDictionary(camera => camera.Id));
        }

        return present.ById.GetValueOrDefault(id);
    }

    private sealed record Index(
        IReadOnlyList<Entry<CameraId, CameraSpec>> Cameras, Dictionary<CameraId, Entry<CameraId, CameraSpec>> ById);
}
