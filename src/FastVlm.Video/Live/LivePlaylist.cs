using System.Globalization;
using System.Text;
using FastVlm.Pipeline.Cameras;

namespace FastVlm.Video.Live;

/// <summary>
/// The last segments of a live stream as HLS (RFC 8216, fragmented MP4), in memory and bounded. Each life of the source has a
/// head of its own; the playlist marks the change. Names never repeat, so that no cache shows an old picture. Not safe for
/// concurrent use.
/// </summary>
internal sealed class LivePlaylist
{
    public const string IndexName = "index.m3u8";

    private const string PlaylistType = "application/vnd.apple.mpegurl";
    private const string SegmentType = "video/mp4";

    private readonly LinkedList<Segment> segments = [];
    private byte[] head = [];
    private int headNumber;
    private long nextNumber;
    private int discontinuitiesGone;

    /// <summary>There is something to play.</summary>
    public bool HasSegments => segments.Count > 0;

    /// <summary>Bytes of the segments that are kept.</summary>
    public long Bytes => segments.Sum(segment => (long)segment.Content.Length);

    /// <summary>A new life of the source begins.</summary>
    public void Begin(byte[] newHead)
    {
        head = newHead;
        headNumber++;
    }

    public void Add(byte[] content, TimeSpan duration)
    {
        segments.AddLast(new Segment(nextNumber++, headNumber, head, content, duration));
        while (segments.Count > VideoLimits.LiveSegmentsMax || (segments.Count > 1 && Bytes > VideoLimits.LiveBytesMax))
        {
            RemoveFirst();
        }
    }

    /// <summary>Nobody looks: nothing is kept.</summary>
    public void Clear()
    {
        while (segments.Count > 0)
        {
            RemoveFirst();
        }
    }

    /// <summary>Null for a file that is not, or no longer, there.</summary>
    public LiveVideoFile? Find(string name)
    {
        if (name == IndexName)
        {
            return HasSegments ? new LiveVideoFile(PlaylistType, Encoding.UTF8.GetBytes(Index())) : null;
        }

        foreach (var segment in segments)
        {
            if (segment.Name == name)
            {
                return new LiveVideoFile(SegmentType, segment.Content);
            }

            if (segment.HeadName == name)
            {
                return new LiveVideoFile(SegmentType, segment.Head);
            }
        }

        return null;
    }

    private string Index()
    {
        // The target must not be shorter than any segment, rounded to the nearest second.
        var target = segments.Max(segment => (int)Math.Round(segment.Duration.TotalSeconds, MidpointRounding.AwayFromZero));
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n")
            .Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{Math.Max(1, target)}\n")
            .Append(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{segments.First!.Value.Number}\n")
            .Append(CultureInfo.InvariantCulture, $"#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuitiesGone}\n")
            .Append("#EXT-X-INDEPENDENT-SEGMENTS\n");
        Segment? previous = null;
        foreach (var segment in segments)
        {
            if (segment.HeadNumber != previous?.HeadNumber)
            {
                text.Append(previous is null ? "" : "#EXT-X-DISCONTINUITY\n")
                    .Append(CultureInfo.InvariantCulture, $"#EXT-X-MAP:URI=\"{segment.HeadName}\"\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{segment.Duration.TotalSeconds:0.000},\n{segment.Name}\n");
            previous = segment;
        }

        return text.ToString();
    }

    private void RemoveFirst()
    {
        var (first, second) = (segments.First!.Value, segments.First.Next?.Value);
        discontinuitiesGone += second is not null && second.HeadNumber != first.HeadNumber ? 1 : 0;
        segments.RemoveFirst();
    }

    private sealed record Segment(long Number, int HeadNumber, byte[] Head, byte[] Content, TimeSpan Duration)
    {
        public string Name { get; } = $"segment-{Number}.m4s";

        public string HeadName { get; } = $"init-{HeadNumber}.mp4";
    }
}
