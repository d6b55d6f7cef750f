using FastVlm.Video.Ffmpeg;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Tests.Ffmpeg;

/// <summary>The exact command lines: a change here is a change of what ffmpeg does.</summary>
public sealed class FfmpegArgumentsTests
{
    private const string Filters =
        "showinfo=checksum=0,scale=w='max(1,round(iw*sar*min(1,min(1024/(iw*sar),1024/ih))))'"
        + ":h='max(1,round(ih*min(1,min(1024/(iw*sar),1024/ih))))'"
        + ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,setsar=1,format=rgb24";

    private const string Output = "-fps_mode passthrough -f image2pipe -c:v ppm -flush_packets 1 pipe:1";

    private static readonly VideoSource Camera = VideoSource.Parse("rtsp://joe:it's@cam/1");

    [Fact]
    public void A_camera_is_read_from_a_playlist_on_standard_input() => Assert.Equal(
        "-hide_banner -loglevel repeat+level+info -nostats -threads 1 -max_pixels 268435456 -f concat -safe 0 "
        + "-protocol_whitelist pipe,rtsp,rtp,tcp,udp,tls,crypto -i pipe:0 -map 0:V:0 -vf "
        + "select='isnan(prev_selected_t)+not(eq(floor(t/0.5),floor(prev_selected_t/0.5)))'," + Filters + " " + Output,
        Line(FfmpegArguments.ForFrames(Camera, new() { FramePeriod = TimeSpan.FromSeconds(0.5) })));

    [Theory]
    [InlineData(RtspTransport.Tcp, "tcp")]
    [InlineData(RtspTransport.Udp, "udp")]
    public void The_playlist_holds_the_URL_and_its_options(RtspTransport transport, string name) => Assert.Equal(
        $"ffconcat version 1.0\nfile 'rtsp://joe:it'\\''s@cam/1'\noption rtsp_transport {name}\noption timeout 5000000\n"
        + "option fpsprobesize 0\noption analyzeduration 0\noption allowed_media_types video\n",
        FfmpegArguments.Playlist(Camera, transport));

    [Fact]
    public void A_file_stands_on_the_command_line()
    {
        var directory = Directory.CreateTempSubdirectory("fastvlm-test-");
        var path = Path.Combine(directory.FullName, "a'b,c%d.mp4");
        File.WriteAllText(path, "");
        var source = VideoSource.Parse(path);
        directory.Delete(recursive: true);

        Assert.Equal(
            "-hide_banner -loglevel repeat+level+info -nostats -threads 1 -max_pixels 268435456 -skip_frame nokey -re -stream_loop -1 "
            + $"-protocol_whitelist file,crypto -i file:{path} -map 0:V:0 -vf {Filters} {Output}",
            Line(FfmpegArguments.ForFrames(
                source, new() { FramePeriod = TimeSpan.Zero, PaceFiles = true, LoopFiles = true, KeyFramesOnly = true })));
        Assert.Null(FfmpegArguments.Playlist(source, RtspTransport.Tcp));
    }

    /// <summary>Frames are also the sign of life: a slow schedule must not look like a dead camera.</summary>
    [Fact]
    public void A_long_period_is_lowered_to_the_sign_of_life() =>
        Assert.Contains("floor(t/1)", Line(FfmpegArguments.ForFrames(Camera, new() { FramePeriod = TimeSpan.FromMinutes(5) })),
            StringComparison.Ordinal);

    private static string Line(IReadOnlyList<string> arguments) => string.Join(' ', arguments);
}
