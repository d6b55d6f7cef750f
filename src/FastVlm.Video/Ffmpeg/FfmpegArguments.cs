using System.Globalization;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Ffmpeg;

/// <summary>
/// The command lines of ffmpeg and ffprobe, as values. A URL never stands in them, because every user of the machine
/// can read a command line: it travels in a playlist on standard input (<see cref="Playlist"/>).
/// </summary>
internal static class FfmpegArguments
{
    private const string RtspProtocols = "pipe,rtsp,rtp,tcp,udp,tls,crypto";

    // No "file": a playlist that a web server sends must not read this machine's files.
    private const string HttpProtocols = "pipe,http,https,httpproxy,tcp,tls,crypto";

    /// <summary>
    /// Reads frames of a video as a sequence of PPM pictures on standard output; with a socket, the undecoded video goes there
    /// beside, as MP4 in fragments that begin with key frames.
    /// </summary>
    public static IReadOnlyList<string> ForFrames(VideoSource source, FrameSourceOptions options, string? liveSocket = null)
    {
        // One thread decodes soon enough; more threads each add a frame of delay before the first picture.
        List<string> arguments = [.. Common, "-threads", "1", "-max_pixels", MaxPixels];
        if (options.KeyFramesOnly)
        {
            arguments.AddRange(["-skip_frame", "nokey"]);
        }

        if (source.Kind == VideoSourceKind.File)
        {
            arguments.AddRange(options.PaceFiles ? ["-re"] : []);
            arguments.AddRange(options.LoopFiles ? ["-stream_loop", "-1"] : []);
        }

        // "V" leaves out cover pictures of sound files, which are no video.
        arguments.AddRange([.. Input(source), "-map", "0:V:0", "-vf", FilterChain(options)]);

        // passthrough: ffmpeg must neither repeat nor drop frames to reach an even rate.
        arguments.AddRange(["-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "ppm", "-flush_packets", "1", "pipe:1"]);
        return liveSocket is null ? arguments : [.. arguments, .. LiveOutput(liveSocket)];
    }

    /// <summary>
    /// Through the tee muxer, because it can lose an output (a codec that MP4 has no name for, a closed socket) without ending
    /// the process and with it the frames; the second output is nothing, so that one is always left. The time base is RTP's:
    /// the default of one frame per tick makes ffmpeg correct, and log, every time stamp.
    /// </summary>
    private static IEnumerable<string> LiveOutput(string socket) =>
    [
        "-map", "0:V:0", "-c:v", "copy", "-time_base", "1:90000", "-f", "tee",
        $"[f=mp4:onfail=ignore:movflags=+frag_keyframe+empty_moov+default_base_moof]unix:{socket}|[f=null:onfail=ignore]-",
    ];

    /// <summary>Decodes one picture from standard input into a PPM on standard output, as it is stored (EXIF is not applied).</summary>
    public static IReadOnlyList<string> ForPicture(ReadOnlySpan<byte> encoded) =>
    [
        .. Common, "-threads", "1", "-max_pixels", MaxPixels, "-noautorotate", .. PictureFormat(encoded),
        "-protocol_whitelist", "pipe", "-i", "pipe:0", "-map", "0:v:0", "-frames:v", "1",
        "-vf", "scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=rgb24",
        "-f", "image2pipe", "-c:v", "ppm", "pipe:1",
    ];

    public static bool IsTiff(ReadOnlySpan<byte> encoded) => encoded.StartsWith("II*\0"u8) || encoded.StartsWith("MM\0*"u8);

    /// <summary>
    /// Any error in a picture ends the decoder, else the rest would come out grey. Not for TIFF, where ffmpeg calls a tag
    /// that it does not know an error; and where it needs the length, because it cannot find the end of one in a pipe.
    /// </summary>
    private static IEnumerable<string> PictureFormat(ReadOnlySpan<byte> encoded) => IsTiff(encoded)
        ? ["-f", "tiff_pipe", "-frame_size", encoded.Length.ToString(CultureInfo.InvariantCulture)]
        : ["-err_detect", "explode", "-xerror"];

    /// <summary>Describes a source as JSON on standard output.</summary>
    public static IReadOnlyList<string> ForProbe(VideoSource source) =>
        ["-hide_banner", "-loglevel", "level+error", "-print_format", "json", "-show_streams", "-show_format", .. Input(source)];

    /// <summary>
    /// What to write to standard input: the URL with its options; null where the source is a file. Without audio a camera
    /// is asked for its video only, which saves its network the rest.
    /// </summary>
    public static string? Playlist(VideoSource source, RtspTransport transport, bool withAudio = false)
    {
        var timeout = ((long)VideoLimits.SocketTimeout.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
        IEnumerable<string> options = source.Kind switch
        {
            // Without the two probe options the first frame comes a key-frame interval later (docs: specs of ffmpeg 5.1).
            VideoSourceKind.Rtsp =>
            [
                $"rtsp_transport {(transport == RtspTransport.Tcp ? "tcp" : "udp")}",
                $"timeout {timeout}", "fpsprobesize 0", "analyzeduration 0",
                .. withAudio ? (string[])[] : ["allowed_media_types video"],
            ],
            VideoSourceKind.Http => [$"rw_timeout {timeout}"],
            _ => [],
        };

        // Inside single quotes only the quote itself is special.
        var quoted = source.Location.Replace("'", @"'\''", StringComparison.Ordinal);
        return source.Kind is VideoSourceKind.Rtsp or VideoSourceKind.Http
            ? string.Concat(["ffconcat version 1.0\n", $"file '{quoted}'\n", .. options.Select(o => $"option {o}\n")])
            : null;
    }

    private static IEnumerable<string> Common => ["-hide_banner", "-loglevel", "repeat+level+info", "-nostats"];

    private static string MaxPixels =>
        ((long)VideoLimits.PictureSidePxMax * VideoLimits.PictureSidePxMax).ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Input(VideoSource source) => source.Kind switch
    {
        VideoSourceKind.Rtsp => ["-f", "concat", "-safe", "0", "-protocol_whitelist", RtspProtocols, "-i", "pipe:0"],
        VideoSourceKind.Http => ["-f", "concat", "-safe", "0", "-protocol_whitelist", HttpProtocols, "-i", "pipe:0"],

        // The whitelist keeps a playlist file from opening network addresses.
        VideoSourceKind.File => ["-protocol_whitelist", "file,crypto", "-i", "file:" + source.Location],
        _ => throw new ArgumentException($"Pictures are read one by one, not as a stream: '{source}'.", nameof(source)),
    };

    /// <summary>
    /// select: the first frame of each period of the stream's time line, which keeps the rate exact and adds no delay
    /// (the fps filter holds each frame back until the next one). showinfo: time and size of each chosen frame on the
    /// log, see <see cref="FrameTrace"/>. crop: the region of interest. scale: into the square, never larger, square pixels,
    /// rounded colours.
    /// </summary>
    private static string FilterChain(FrameSourceOptions options)
    {
        var period = Math.Min(options.FramePeriod.TotalSeconds, VideoLimits.FramePeriodMax.TotalSeconds);
        var seconds = period.ToString("0.######", CultureInfo.InvariantCulture);
        var select = period > 0 ? $"select='isnan(prev_selected_t)+not(eq(floor(t/{seconds}),floor(prev_selected_t/{seconds})))'," : "";
        var cut = options.Region is { } region ? PictureCut.Filter(region) + "," : "";
        var factor = $"min(1,min({options.FrameSidePxMax}/(iw*sar),{options.FrameSidePxMax}/ih))";
        return $"{select}showinfo=checksum=0,{cut}"
            + $"scale=w='max(1,round(iw*sar*{factor}))':h='max(1,round(ih*{factor}))'"
            + ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,setsar=1,format=rgb24";
    }
}
