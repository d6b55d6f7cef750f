using System.Diagnostics.CodeAnalysis;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Embedded.Platform;

/// <summary>
/// One camera that is switched on, from start to stop: opens it, captions it, and begins again after a pause whenever that
/// ends without having been stopped. What is asked can change meanwhile; where the frames come from cannot.
/// </summary>
internal sealed class CameraRun : IAsyncDisposable
{
    private readonly CameraId _id;
    private readonly CameraSpec _spec;
    private readonly FleetParts _parts;
    private readonly ICaptionSink _sink;
    private readonly CurrentPreRoll _preRoll;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private CancellationTokenSource? _connection;
    private FramePipelineOptions _options;
    private FramePipeline? _pipeline;
    private volatile CameraStatus _status;
    private Task _running = Task.CompletedTask;

    private CameraRun(CameraId id, CameraSpec spec, FleetParts parts, ICaptionSink sink, CurrentPreRoll preRoll)
    {
        _id = id;
        _spec = spec;
        _parts = parts;
        _sink = sink;
        _preRoll = preRoll;
        _options = FramePipelineOptions.For(spec);
        _status = new CameraStatus { CameraId = id, State = CameraState.Connecting, Since = parts.TimeProvider.GetUtcNow() };
    }

    public CameraStatus Status => _status;

    /// <summary>Since the camera was opened; null before.</summary>
    public FeedCounters? Counters => _pipeline?.Counters;

    public static CameraRun Start(
        CameraId id, CameraSpec spec, IReadOnlyList<string> questions, FleetParts parts, ICaptionSink sink, CurrentPreRoll preRoll)
    {
        var run = new CameraRun(id, spec, parts, sink, preRoll);
        run.Ask(spec, questions);
        run._running = Task.Run(run.RunAsync);
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
        lock (_lock)
        {
            // A change elsewhere must not make every camera look at once.
            if (_pipeline is not null && spec.Schedule == _spec.Schedule && Asks(_options.Generation, next.Generation))
            {
                return;
            }

            _options = next;
            if (_pipeline is not null)
            {
                _pipeline.Options = next;
            }
        }
    }

    /// <summary>Closes the connection; it is opened again at once.</summary>
    public void Reconnect()
    {
        lock (_lock)
        {
            _connection?.Cancel();
        }
    }

    /// <summary>Returns when the source is closed and its ffmpeg gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static bool Asks(GenerationRequest before, GenerationRequest after) =>
        before with { Questions = after.Questions } == after && before.Questions.SequenceEqual(after.Questions);

    private async Task RunAsync()
    {
        var retries = new RetrySchedule(
            Limits.FeedRetryFirst, Limits.FeedRetryMax, Limits.RetryJitter, new Random(_id.Value.GetHashCode(StringComparison.Ordinal)));
        while (!_stop.IsCancellationRequested)
        {
            if (await RunOnceAsync() is not { } failure)
            {
                continue;
            }

            var wait = retries.Next();
            Tell(new CameraStatus
            {
                CameraId = _id,
                State = CameraState.Offline,
                Since = _parts.TimeProvider.GetUtcNow(),
                Reason = failure.Message,
                FailureKind = failure.Kind,
                RetryIn = wait,
            });
            await Task.Delay(wait, _parts.TimeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Why it ended; null where it was stopped, or is to connect anew.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The camera's supervisor: a defect costs a pause, not the camera.")]
    private async Task<FailureException?> RunOnceAsync()
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            var pipeline = Connect(connection);
            await pipeline.RunAsync(connection.Token);
            return new FailureException(FailureKind.SourceUnreachable, $"The camera '{_spec.Name}' came to its end.");
        }
        catch (OperationCanceledException) when (connection.IsCancellationRequested)
        {
            return null;
        }
        catch (FailureException failure)
        {
            return failure;
        }
        catch (Exception defect)
        {
            _parts.Logger.CameraDefect(defect, _id);
            return new FailureException(
                FailureKind.Internal, $"The camera met a defect ({defect.GetType().Name}); the log has the details.", defect);
        }
        finally
        {
            Disconnected();
        }
    }

    private FramePipeline Connect(CancellationTokenSource connection)
    {
        var source = _parts.Sources.Create(_id, _spec);
        var feed = new CameraFeed(_id, source.Frames, source.Feed with { OnStatus = Tell }, _parts.TimeProvider, _parts.Logger);
        _preRoll.Current = feed.Inspector.PreRoll;
        lock (_lock)
        {
            _connection = connection;
            _pipeline = new FramePipeline(feed, _parts.Captioner, _sink, _options, _parts.TimeProvider);
            return _pipeline;
        }
    }

    private void Disconnected()
    {
        lock (_lock)
        {
            _connection = null;
        }

        _preRoll.Current = null;
    }

    private void Tell(CameraStatus status)
    {
        _status = status;
        _parts.Live.Publish(new CameraStateEvent(status) { CameraId = _id });
    }

    private void TellText(Frame frame, string text) =>
        _parts.Live.Publish(new CaptionTextEvent(frame.Index, text) { CameraId = _id });
}
