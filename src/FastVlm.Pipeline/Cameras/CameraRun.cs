using System.Diagnostics.CodeAnalysis;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Cameras;

/// <summary>
/// One camera that is switched on, from start to stop: opens it, captions it, and begins again after a pause whenever that
/// ends without having been stopped. What is asked can change meanwhile; where the frames come from cannot.
/// </summary>
public sealed class CameraRun : IAsyncDisposable
{
    private readonly CameraId id;
    private readonly CameraSpec spec;
    private readonly CameraParts parts;
    private readonly ICaptionSink sink;
    private readonly CameraPictures pictures;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private CancellationTokenSource? connection;
    private FramePipelineOptions options;
    private FramePipeline? pipeline;
    private volatile bool isFenced;
    private volatile CameraStatus status;
    private Task running = Task.CompletedTask;

    private CameraRun(CameraId id, CameraSpec spec, CameraParts parts, ICaptionSink sink, CameraPictures pictures)
    {
        this.id = id;
        this.spec = spec;
        this.parts = parts;
        this.sink = sink;
        this.pictures = pictures;
        options = FramePipelineOptions.For(spec);
        status = new CameraStatus { CameraId = id, State = CameraState.Connecting, Since = parts.TimeProvider.GetUtcNow() };
    }

    public CameraStatus Status => status;

    /// <summary>Since the camera was opened; null before.</summary>
    public FeedCounters? Counters => pipeline?.Counters;

    public static CameraRun Start(
        CameraId id, CameraSpec spec, IReadOnlyList<string> questions, CameraParts parts, ICaptionSink sink, CameraPictures pictures)
    {
        var run = new CameraRun(id, spec, parts, sink, pictures);
        run.Ask(spec, questions);
        run.running = Task.Run(run.RunAsync);
        return run;
    }

    /// <summary>Asks this from the next frame on.</summary>
    public void Ask(CameraSpec spec, IReadOnlyList<string> questions)
    {
        var plain = FramePipelineOptions.For(spec);
        var clock = spec.Schedule is { } schedule ? new ScheduleClock(schedule) : null;
        var next = plain with
        {
            Generation = plain.Generation with { Questions = questions },
            IsScheduled = clock is null ? null : clock.IsActive,
            OnText = TellText,
        };
        lock (gate)
        {
            // A change elsewhere must not make every camera look at once.
            if (pipeline is not null && spec.Schedule == this.spec.Schedule && Asks(options.Generation, next.Generation))
            {
                return;
            }

            options = next;
            if (pipeline is not null)
            {
                pipeline.Options = next;
            }
        }
    }

    /// <summary>Closes the connection; it is opened again at once.</summary>
    public void Reconnect()
    {
        lock (gate)
        {
            connection?.Cancel();
        }
    }

    /// <summary>Returns when the source is closed and its ffmpeg gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private static bool Asks(GenerationRequest before, GenerationRequest after) =>
        before with { Questions = after.Questions } == after && before.Questions.SequenceEqual(after.Questions);

    private async Task RunAsync()
    {
        var retries = new RetrySchedule(
            Limits.FeedRetryFirst, Limits.FeedRetryMax, Limits.RetryJitter, new Random(id.Value.GetHashCode(StringComparison.Ordinal)));
        while (!stop.IsCancellationRequested)
        {
            var failure = await RunOnceAsync();
            if (isFenced)
            {
                parts.OnFenced?.Invoke(id);
                return;
            }

            if (failure is null)
            {
                continue;
            }

            var wait = retries.Next();
            Tell(new CameraStatus
            {
                CameraId = id,
                State = CameraState.Offline,
                Since = parts.TimeProvider.GetUtcNow(),
                Reason = failure.Message,
                FailureKind = failure.Kind,
                RetryIn = wait,
            });
            await Task.Delay(wait, parts.TimeProvider, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Why it ended; null where it was stopped, or is to connect anew.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The camera's supervisor: a defect costs a pause, not the camera.")]
    private async Task<FailureException?> RunOnceAsync()
    {
        using var connecting = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        try
        {
            await Connect(connecting).RunAsync(connecting.Token);
            return new FailureException(FailureKind.SourceUnreachable, $"The camera '{spec.Name}' came to its end.");
        }
        catch (OperationCanceledException) when (connecting.IsCancellationRequested)
        {
            return null;
        }
        catch (FencedException fenced)
        {
            parts.Logger.FeedFenced(id, fenced.Message);
            isFenced = true;
            return null;
        }
        catch (FailureException failure)
        {
            return failure;
        }
        catch (Exception defect)
        {
            parts.Logger.CameraDefect(defect, id);
            return new FailureException(
                FailureKind.Internal, $"The camera met a defect ({defect.GetType().Name}); the log has the details.", defect);
        }
        finally
        {
            Disconnected();
        }
    }

    private FramePipeline Connect(CancellationTokenSource connecting)
    {
        var source = parts.Sources.Create(id, spec);
        var feed = new CameraFeed(id, source.Frames, source.Feed with { OnStatus = Tell }, parts.TimeProvider, parts.Logger);
        pictures.PreRoll = feed.Inspector.PreRoll;
        lock (gate)
        {
            connection = connecting;
            pipeline = new FramePipeline(feed, parts.Captioner, sink, options, parts.TimeProvider);
            return pipeline;
        }
    }

    private void Disconnected()
    {
        lock (gate)
        {
            connection = null;
        }

        pictures.PreRoll = null;
    }

    private void Tell(CameraStatus told)
    {
        status = told;
        parts.Live.Publish(new CameraStateEvent(told) { CameraId = id });
    }

    private void TellText(Frame frame, string text) =>
        parts.Live.Publish(new CaptionTextEvent(frame.Index, text) { CameraId = id });
}
