namespace FastVlm.Pipeline.Cameras;

/// <summary>Addresses of cameras that are no URLs: clips played in a loop at their own speed.</summary>
public static class CameraScheme
{
    /// <summary>A clip that ships with the platform.</summary>
    public const string Demo = "demo:";

    /// <summary>A file of the media folder.</summary>
    public const string Media = "media:";

    /// <summary>True for a clip in a loop, which repeats itself by its nature.</summary>
    public static bool IsClip(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.StartsWith(Demo, StringComparison.OrdinalIgnoreCase)
            || address.StartsWith(Media, StringComparison.OrdinalIgnoreCase);
    }
}
