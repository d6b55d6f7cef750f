namespace FastVlm.Embedded.Platform;

/// <summary>Limits of the host, with their reasons.</summary>
internal static class PlatformLimits
{
    /// <summary>
    /// Captioned frames kept per camera for people who look on: a browser asks for the picture a moment after its caption.
    /// With scene changes a camera may have three captions a second; a frame of 480 px has 0.4 MB.
    /// </summary>
    public const int RecentPicturesMax = 8;

    /// <summary>People check a judgement on the same picture: a model that sees less must not make evidence a thumbnail.</summary>
    public const int FrameSidePxMin = 480;

    /// <summary>Looks from which the model's figures are taken: enough for a 95th percentile, few enough to follow a change.</summary>
    public const int FiguresWindow = 512;

    /// <summary>How often cameras are judged down or up: well below the limits they are judged by.</summary>
    public static readonly TimeSpan CameraWatchPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Time that requests may take to end when the platform stops: service managers kill after 90 s or less.</summary>
    public static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);
}
