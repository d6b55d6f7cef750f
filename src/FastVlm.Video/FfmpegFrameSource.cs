using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using FastVlm.Video.Ffmpeg;
using FastVlm.Video.Live;
using FastVlm.Video.Sources;
using Microsoft.Extensions.Logging;

namespace FastVlm.Video;

/// <summary>
/// Reads one camera, URL or video file through one ffmpeg process. It never retries: the feed that owns it does.
/// Enumeration ends when a file ends, and throws when the source fails or a live stream is lost.
/// </summary>
/// <remarks>
/// <para><see cref="FrameMark.CapturedAt"/> is the instant at which the decoded frame's first byte reached us: for a live
/// stream that is the capture plus what camera, network and decoder took (one key-frame interval at the start, then
/// about one frame). A reader that takes frames late gets late stamps, so live sources must be drained (the feed does).</para>
/// <para><see cref="FrameMark.MediaTime"/> is the exact presentation time within the stream, counted from its first frame
/// (ffmpeg gives the first frame of an RTSP stream the time of the second).</para>
/// <para>Privacy masks are filled before anybody else sees a frame. They lie on the picture as it is shown, upright.</para>
/// <para>A live stream that changes its picture size ends with a failure, so that the next run scales it anew; within a
/// file, later pictures are scaled to the size of the first.</para>
/// </remarks>
public sealed class FfmpegFrameSource : IFrameSource
{
    private readonly CameraId cameraId;
    private readonly VideoSource source;
    private readonly FrameSourceOptions options;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    public FfmpegFrameSource(
        CameraId cameraId, VideoSource source, FrameSourceOptions options, TimeProvider timeProvider, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        if (source.Kind == VideoSourceKind.Pictures)
        {
            throw new ArgumentException(
                $"Pictures are read by {nameof(PictureSequenceSource)}, not as a stream: '{source}'.", nameof(source));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.FrameSidePxMax, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FramePeriod, TimeSpan.Zero, nameof(options));
        this.cameraId = cameraId;
        this.source = source;
        this.options = options;
        this.timeProvider = timeProvider;
        this.logger = logger;
    }

    /// <summary>
    /// Takes the undecoded video beside the frames; null where nobody can ask for it. Beside full decoding that costs nothing
    /// that can be measured and is always on. Beside key frames it costs a fifth more: there the source is opened again when
    /// somebody asks first.
    /// </summary>
    internal LiveStream? Live { get; init; }

    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = new Run { Mask = NewMask() };
        do
        {
            run.IsTapped = Live is not null && (!options.KeyFramesOnly || Live.IsWanted);
            await foreach (var frame in ReadOnceAsync(run, cancellationToken))
            {
                yield return frame;
            }
        }
        while (run.IsReopening);
    }

    /// <summary>One process; ends early where it must be started again with the live output.</summary>
    private async IAsyncEnumerable<Frame> ReadOnceAsync(Run run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var tap = run.IsTapped ? LiveTap.TryOpen(cameraId, Live, logger) : null;
        var traces = Channel.CreateUnbounded<FrameTrace>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var playlist = Encoding.UTF8.GetBytes(FfmpegArguments.Playlist(source, options.RtspTransport) ?? "");
        await using var process = await FfmpegProcess.StartAsync(
            ExternalProgram.Find(options.FfmpegPath),
            FfmpegArguments.ForFrames(source, options, tap?.Path),
            playlist,
            source.Redact,
            traces.Writer);
        await using var output = new BufferedStream(process.Output, bufferSize: 4096);
        run.Begin(new PpmReader(output), traces.Reader);
        while (await ReadFrameAsync(run, cancellationToken) is { } frame)
        {
            yield return frame;
            if (!run.IsTapped && Live is { IsWanted: true, MayBePassedOn: true })
            {
                run.IsReopening = true;
                yield break;
            }
        }

        var exitCode = await process.WaitForEndAsync(cancellationToken);
        logger.ProcessEnded(cameraId.Value, exitCode, run.FrameCount, string.Join('\n', process.LogTail.Lines));
        if (run.FrameCount == 0)
        {
            throw FfmpegFailure.NothingRead(source.Redacted, process.LogTail.Lines);
        }

        if (source.IsLive)
        {
            throw FfmpegFailure.Lost(source.Redacted, process.LogTail.Lines);
        }
    }

    private async Task<Frame?> ReadFrameAsync(Run run, CancellationToken cancellationToken)
    {
        if (await run.Pictures.ReadHeaderAsync(cancellationToken) is not var (widthPx, heightPx))
        {
            return null;
        }

        var capturedAt = timeProvider.GetUtcNow();
        if (await run.Pictures.ReadPixelsAsync(widthPx, heightPx, cancellationToken) is not { } image)
        {
            return null;
        }

        if (!await run.Traces.WaitToReadAsync(cancellationToken) || !run.Traces.TryRead(out var trace))
        {
            throw new InvalidDataException("ffmpeg wrote a frame without its showinfo line: this version's log cannot be read.");
        }

        CheckSize(run, trace);
        run.Mask?.Apply(image, trace.WidthPx, trace.HeightPx);
        run.FirstTime ??= trace.PresentationTime;
        return new Frame
        {
            CameraId = cameraId,
            Index = run.FrameCount++,
            CapturedAt = capturedAt,
            MediaTime = trace.PresentationTime - run.FirstTime,
            Image = image,
        };
    }

    private PrivacyMask? NewMask() => options.PrivacyMasks.Count > 0 ? new PrivacyMask(options.PrivacyMasks, options.Region) : null;

    private void CheckSize(Run run, FrameTrace trace)
    {
        PictureSize.Check(trace.WidthPx, trace.HeightPx, $"A picture of '{source.Redacted}'");
        run.FirstSize ??= (trace.WidthPx, trace.HeightPx);
        if (source.IsLive && run.FirstSize != (trace.WidthPx, trace.HeightPx))
        {
            throw new FailureException(
                FailureKind.SourceUnreachable,
                $"The source '{source.Redacted}' changed its picture size to "
                + $"{trace.WidthPx}×{trace.HeightPx} px; it must be opened again.");
        }
    }

    /// <summary>What belongs to one enumeration.</summary>
    private sealed class Run
    {
        public PpmReader Pictures { get; private set; } = null!;

        public ChannelReader<FrameTrace> Traces { get; private set; } = null!;

        public bool IsTapped { get; set; }

        public bool IsReopening { get; set; }

        public PrivacyMask? Mask { get; init; }

        public long FrameCount { get; set; }

        public TimeSpan? FirstTime { get; set; }

        public (int WidthPx, int HeightPx)? FirstSize { get; set; }

        public void Begin(PpmReader pictures, ChannelReader<FrameTrace> traces)
        {
            (Pictures, Traces, IsReopening, FirstTime) = (pictures, traces, false, null);
        }
    }
}
