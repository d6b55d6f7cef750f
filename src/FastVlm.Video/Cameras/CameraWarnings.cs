using FastVlm.Pipeline.Configuration;

namespace FastVlm.Video.Cameras;

/// <summary>What works with a camera but should be known before it is saved: one sentence each.</summary>
internal static class CameraWarnings
{
    public static IEnumerable<string> For(CameraSpec spec, MediaDescription media)
    {
        var isMasked = spec.PrivacyMasks.Count > 0;
        if (isMasked)
        {
            yield return "Live video is not shown for a camera with privacy masks, because the stream is passed on as it is; "
                + "the dashboard shows the masked pictures instead.";
        }
        else if (media.VideoCodec == "hevc")
        {
            yield return "The camera sends H.265, which many browsers cannot play: the dashboard shows the captioned pictures there; "
                + "set the camera to H.264 for live video.";
        }
        else if (media.VideoCodec is not (null or "h264"))
        {
            yield return $"The camera sends '{media.VideoCodec}', which cannot be shown as live video: the dashboard shows the captioned "
                + "pictures; set the camera to H.264 for live video.";
        }

        var address = spec.Url.Reveal();
        var hasCredentials = spec.Credentials is not null || (spec.Url.HasSecrets && address.Contains('@', StringComparison.Ordinal));
        if (hasCredentials && address.StartsWith("rtsp://", StringComparison.OrdinalIgnoreCase))
        {
            yield return "User and password travel over plain RTSP: use rtsps:// where the camera offers it, or keep the network closed.";
        }

        if (hasCredentials && address.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            yield return "User and password travel over plain HTTP, readable on the way: use https:// where the camera offers it.";
        }

        if (media.WidthPx > VideoLimits.SubStreamHintWidthPx)
        {
            yield return $"The picture is {media.WidthPx}×{media.HeightPx} px; decoding it costs several times what the camera's "
                + "sub-stream costs, and the model sees a scaled-down picture anyway.";
        }
    }
}
