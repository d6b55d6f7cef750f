using System.Globalization;
using System.Text;
using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.Video.Ffmpeg;
using FastVlm.Video.Sources;

namespace FastVlm.Video;

/// <summary>What a source contains, as far as it says so.</summary>
public sealed record MediaDescription
{
    public required bool HasVideo { get; init; }

    public required bool HasAudio { get; init; }

    /// <summary>ffmpeg's name of the video codec, e.g. "h264" or "hevc"; null without video.</summary>
    public string? VideoCodec { get; init; }

    /// <summary>As stored, before rotation; null where unknown.</summary>
    public int? WidthPx { get; init; }

    /// <summary>As stored, before rotation; null where unknown.</summary>
    public int? HeightPx { get; init; }

    /// <summary>Clockwise turn that shows the pictures upright: 0, 90, 180 or 270. Frames come already turned.</summary>
    public int RotationDegrees { get; init; }

    /// <summary>Average frame rate; null where unknown.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>Null for live streams and where unknown.</summary>
    public TimeSpan? Duration { get; init; }
}

/// <summary>Asks ffprobe what a source contains.</summary>
public sealed class FfmpegProbe(string ffmpegPath = "ffmpeg")
{
    /// <summary>A source without video is no failure here.</summary>
    /// <exception cref="FailureException">SourceUnreachable, Unauthorized, PictureInvalid or ToolMissing.</exception>
    public async Task<MediaDescription> DescribeAsync(VideoSource source, RtspTransport transport, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(VideoLimits.ProbeTimeout);
        try
        {
            var playlist = Encoding.UTF8.GetBytes(FfmpegArguments.Playlist(source, transport, withAudio: true) ?? "");
            await using var process = await FfmpegProcess.StartAsync(
                ExternalProgram.FindProbe(ffmpegPath), FfmpegArguments.ForProbe(source), playlist, source.Redact, traces: null);
            using var reader = new StreamReader(process.Output, Encoding.UTF8);
            var json = await reader.ReadToEndAsync(timeout.Token);
            var exitCode = await process.WaitForEndAsync(timeout.Token);
            return exitCode == 0 ? Parse(json) : throw FfmpegFailure.NothingRead(source.Redacted, process.LogTail.Lines);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FailureException(
                FailureKind.SourceUnreachable,
                $"The source '{source.Redacted}' did not answer "
                + $"within {VideoLimits.ProbeTimeout.TotalSeconds} s; check address and network.");
        }
    }

    internal static MediaDescription Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var streams = document.RootElement.TryGetProperty("streams", out var list) ? list.EnumerateArray().ToList() : [];
        var video = streams.FirstOrDefault(s => Text(s, "codec_type") == "video" && !IsCoverPicture(s));
        var hasVideo = video.ValueKind == JsonValueKind.Object;
        var format = document.RootElement.TryGetProperty("format", out var f) ? f : default;
        return new MediaDescription
        {
            HasVideo = hasVideo,
            HasAudio = streams.Any(s => Text(s, "codec_type") == "audio"),
            VideoCodec = hasVideo ? Text(video, "codec_name") : null,
            WidthPx = hasVideo ? PositiveInteger(video, "width") : null,
            HeightPx = hasVideo ? PositiveInteger(video, "height") : null,
            RotationDegrees = hasVideo ? Rotation(video) : 0,
            FramesPerSecond = hasVideo ? Ratio(Text(video, "avg_frame_rate")) ?? Ratio(Text(video, "r_frame_rate")) : null,
            Duration = Number(Text(format, "duration")) is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private static bool IsCoverPicture(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var d) && d.TryGetProperty("attached_pic", out var a) && a.GetInt32() == 1;

    private static int Rotation(JsonElement video)
    {
        if (!video.TryGetProperty("side_data_list", out var sideData))
        {
            return 0;
        }

        // ffprobe counts counter-clockwise.
        var degrees = sideData.EnumerateArray()
            .Where(d => d.TryGetProperty("rotation", out _))
            .Select(d => -d.GetProperty("rotation").GetInt32())
            .FirstOrDefault();
        return ((degrees % 360) + 360) % 360;
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static int? PositiveInteger(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) && number > 0 ? number : null;

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static double? Ratio(string? text)
    {
        var parts = text?.Split('/');
        return parts is [var n, var d] && Number(n) is { } numerator and > 0 && Number(d) is { } denominator and > 0
            ? numerator / denominator
            : null;
    }
}
