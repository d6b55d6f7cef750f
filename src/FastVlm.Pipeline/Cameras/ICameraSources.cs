using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;

namespace FastVlm.Pipeline.Cameras;

/// <summary>How to read and supervise a camera.</summary>
/// <param name="Frames">Opens nothing before it is enumerated; an address that leads nowhere fails then, and is tried again.</param>
/// <param name="Feed">For the <see cref="CameraFeed"/>; add what the host wants to be told.</param>
public sealed record CameraSource(IFrameSource Frames, CameraFeedOptions Feed);

/// <summary>Where cameras' frames come from: ffmpeg, a benchmark, a simulation.</summary>
public interface ICameraSources
{
    /// <summary>Never fails: what is wrong with the address is told when the frames are read.</summary>
    CameraSource Create(CameraId id, CameraSpec spec);

    /// <summary>True where a change needs no new connection.</summary>
    bool ReadAlike(CameraSpec before, CameraSpec after);

    /// <summary>The camera is switched off or removed: nobody sees it live any more.</summary>
    void Forget(CameraId id);
}
