namespace FastVlm.TestKit.Rtsp;

/// <summary>What DESCRIBE answers (SDP, RFC 4566).</summary>
internal static class SessionDescription
{
    public static string For(RtspTestServer server)
    {
        var media = server.Video is { } video ? Video(video) : "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
        return $"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=test camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
            + $"a=control:*\r\n{media}a=control:track0\r\n";
    }

    private static string Video(AnnexB video)
    {
        string Base64(int type) => Convert.ToBase64String(video.First(type));
        if (video.IsHevc)
        {
            return "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n"
                + $"a=fmtp:96 sprop-vps={Base64(32)};sprop-sps={Base64(33)};sprop-pps={Base64(34)}\r\n";
        }

        var profile = Convert.ToHexStringLower(video.First(7).AsSpan(1, 3));
        return "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
            + $"a=fmtp:96 packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={Base64(7)},{Base64(8)}\r\n";
    }
}
