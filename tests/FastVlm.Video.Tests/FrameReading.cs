using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using FastVlm.TestKit;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Tests;

/// <summary>Reads frames of a source, for tests.</summary>
internal static class FrameReading
{
    public static readonly CameraId Camera = new("gate-2");

    public static FfmpegFrameSource Open(string source, FrameSourceOptions? options = null, CollectingLogger? logger = null) =>
        new(Camera, VideoSource.Parse(source), options ?? new FrameSourceOptions { FramePeriod = TimeSpan.Zero },
            TimeProvider.System, logger ?? new CollectingLogger());

    /// <summary>The first frames, or all when there are fewer.</summary>
    public static async Task<List<Frame>> TakeAsync(this IFrameSource source, int count)
    {
        using var timeout = new CancellationTokenSource(TestTimeouts.Default);
        var frames = new List<Frame>();
        await foreach (var frame in source.ReadAsync(timeout.Token))
        {
            frames.Add(frame);
            if (frames.Count == count)
            {
                break;
            }
        }

        return frames;
    }

    /// <summary>All frames; the failure that ended them, if any.</summary>
    public static async Task<(List<Frame> Frames, FailureException? Failure)> ReadToEndAsync(this IFrameSource source)
    {
        var frames = new List<Frame>();
        using var timeout = new CancellationTokenSource(TestTimeouts.Default);
        try
        {
            await foreach (var frame in source.ReadAsync(timeout.Token))
            {
                frames.Add(frame);
            }

            return (frames, null);
        }
        catch (FailureException e)
        {
            return (frames, e);
        }
    }
}
