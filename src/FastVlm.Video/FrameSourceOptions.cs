using FastVlm.Pipeline.Configuration;

namespace FastVlm.Video;

/// <summary>How RTP packets travel from an RTSP server.</summary>
public enum RtspTransport
{
    /// <summary>Inside the RTSP connection: nothing is lost, firewalls pass it. The default.</summary>
    Tcp,

    /// <summary>As datagrams: for cameras that do not offer TCP; lost packets damage pictures.</summary>
    Udp,
}

/// <summary>How a source is read.</summary>
public sealed record FrameSourceOptions
{
    /// <summary>
    /// Side of the square that a frame must fit in, px; larger pictures are scaled down with their aspect kept, smaller
    /// ones stay as they are. Use the model's input size: more costs memory and shows the model nothing new.
    /// </summary>
    public int FrameSidePxMax { get; init; } = 1024;

    /// <summary>
    /// Shortest time between two frames on the stream's own time line; zero passes every frame on. Values above
    /// <see cref="VideoLimits.FramePeriodMax"/> are lowered to it, because the arrival of frames is also the sign of
    /// life: what is too much for the model is dropped later, where it is counted.
    /// </summary>
    public TimeSpan FramePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The part of each picture that is passed on; null is all of it.</summary>
    public RegionSpec? Region { get; init; }

    /// <summary>Areas that are black in every frame, in shares of the whole picture.</summary>
    public IReadOnlyList<MaskSpec> PrivacyMasks { get; init; } = [];

    public RtspTransport RtspTransport { get; init; } = RtspTransport.Tcp;

    /// <summary>
    /// Decode key frames only: about a ninth of the processor time at 1080p (one key frame each 2 s), but then there is
    /// no more than one frame per key-frame interval of the camera, and the feed's StallAfter must exceed that interval.
    /// </summary>
    public bool KeyFramesOnly { get; init; }

    /// <summary>Play a file at its own speed, as a camera would, instead of as fast as the reader takes frames.</summary>
    public bool PaceFiles { get; init; }

    /// <summary>Start a file again at its end, for ever.</summary>
    public bool LoopFiles { get; init; }

    /// <summary>Pictures have no time line; each counts as this long.</summary>
    public TimeSpan PicturePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Name or path of the ffmpeg program; ffprobe is looked for beside it, then on the PATH.</summary>
    public string FfmpegPath { get; init; } = "ffmpeg";
}
