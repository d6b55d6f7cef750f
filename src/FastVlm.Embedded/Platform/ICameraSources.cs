using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Video.Cameras;
using FastVlm.Video.Live;

namespace FastVlm.Embedded.Platform;

/// <summary>Where cameras' frames come from: ffmpeg, or a benchmark.</summary>
internal interface ICameraSources
{
    /// <summary>Never fails: what is wrong with the address is told when the frames are read.</summary>
    CameraSource Create(CameraId id, CameraSpec spec);

    /// <summary>True where a change needs no new connection.</summary>
    bool ReadAlike(CameraSpec before, CameraSpec after);

    /// <summary>The camera is switched off or removed: nobody sees it live any more.</summary>
    void Forget(CameraId id);
}

/// <summary>Real cameras.</summary>
internal sealed class VideoCameraSources(CameraSources sources, LiveVideo live) : ICameraSources
{
    public CameraSource Create(CameraId id, CameraSpec spec) => sources.Create(id, spec);

    public bool ReadAlike(CameraSpec before, CameraSpec after) => sources.ReadAlike(before, after);

    public void Forget(CameraId id) => live.Forget(id);
}
