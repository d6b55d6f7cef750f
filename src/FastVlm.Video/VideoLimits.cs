namespace FastVlm.Video;

/// <summary>Every bound of this project with its reason; relations between them are asserted in VideoLimitsTests.</summary>
public static class VideoLimits
{
    /// <summary>Larger pictures are refused: twice the width of 8K, and its square still fits in one array (× 3 bytes).</summary>
    public const int PictureSidePxMax = 16384;

    /// <summary>A frame at least this often, so that a silent camera is told from a slow schedule.</summary>
    public static readonly TimeSpan FramePeriodMax = TimeSpan.FromSeconds(1);

    /// <summary>Frames that the scene gate sees at least: a part needs half a second from a belt to the floor.</summary>
    public const double SceneFramesPerSecond = 5;

    /// <summary>
    /// ffmpeg's own patience with a silent socket. It exits only after two to four times this value, so it is the
    /// backstop behind the feed's stall detector; it must exceed the key-frame interval or streams fail while opening.
    /// </summary>
    public static readonly TimeSpan SocketTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A probe opens the source and reads some of it; a camera that needs longer counts as unreachable.</summary>
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(15);

    /// <summary>An 8K PNG takes about 2 s on one busy core.</summary>
    public static readonly TimeSpan PictureTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Encoded pictures above this are refused before they are read.</summary>
    public const long PictureFileBytesMax = 512L * 1024 * 1024;

    /// <summary>
    /// Live video goes on this long after the last request: a player asks once per segment, and a key-frame interval may be 10 s.
    /// </summary>
    public static readonly TimeSpan LiveKeptFor = TimeSpan.FromSeconds(30);

    /// <summary>Wait for the first segment: it is complete at the second key frame after the request.</summary>
    public static readonly TimeSpan LiveStartTimeout = TimeSpan.FromSeconds(25);

    /// <summary>Segments that a playlist names: a player starts three before the end and may be late by as many.</summary>
    public const int LiveSegmentsMax = 6;

    /// <summary>Per watched camera: 30 s at 8 Mbit/s.</summary>
    public const long LiveBytesMax = 32L * 1024 * 1024;

    /// <summary>One segment: 10 s, the longest usual key-frame interval, at 25 Mbit/s.</summary>
    public const int LiveFragmentBytesMax = 32 * 1024 * 1024;

    /// <summary>Cameras that are tested at once: each test opens two connections and two processes.</summary>
    public const int CameraTestsMax = 4;

    /// <summary>A whole test, waiting for its turn included: longer than the probe, shorter than a person's patience.</summary>
    public static readonly TimeSpan CameraTestTimeout = TimeSpan.FromSeconds(25);

    /// <summary>JPEG quality of pictures for people.</summary>
    public const int PictureQuality = 85;

    /// <summary>Larger pictures than this cost decoding time and show the model nothing more: a sub-stream would do.</summary>
    public const int SubStreamHintWidthPx = 1920;

    /// <summary>Lines of ffmpeg's log kept per process, to say why it ended.</summary>
    public const int LogTailLines = 100;

    /// <summary>A killed process is gone within milliseconds; waiting longer than this means the kernel is stuck in I/O.</summary>
    public static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);
}
