namespace FastVlm.Embedded.Platform;

/// <summary>Limits of the host, with their reasons.</summary>
internal static class PlatformLimits
{
    /// <summary>People check a judgement on the same picture: a model that sees less must not make evidence a thumbnail.</summary>
    public const int FrameSidePxMin = 480;

    /// <summary>Time that requests may take to end when the platform stops: service managers kill after 90 s or less.</summary>
    public static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);
}
