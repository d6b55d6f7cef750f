using FastVlm.Embedded.Commands;
using FastVlm.Embedded.Models;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Inference;
using FastVlm.Video;
using Microsoft.Extensions.Logging;

namespace FastVlm.Embedded.Watching;

/// <summary>
/// The frame's path of one camera in this process: (1) model, (2) worker and webhook beside, (3) camera → pipeline → rules
/// → receivers, (4) everything is closed and waited for, (5) summary.
/// </summary>
internal sealed class WatchRun(CommandContext context, WatchPlan plan)
{
    // What a receiver may take for the alerts that still wait when the video has ended.
    private static readonly TimeSpan WebhookGrace = TimeSpan.FromSeconds(30);

    // After Ctrl-C a person waits.
    private static readonly TimeSpan WebhookGraceWhenStopped = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time = context.Environment.TimeProvider;

    /// <exception cref="FailureException">The model, or a source that never gave a frame, or a recording failed.</exception>
    /// <exception cref="OperationCanceledException">Stopped by a signal; the summary is written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // (1) The model first: without it nothing is opened.
        using var model = await LoadedModel.LoadAsync(plan.Model, context, cancellationToken);
        var report = new WatchReport(context.Output, plan, _time);
        report.Begin(model);

        var logs = new MessageLogger(context.Output, context.Parsed.GetValue(CommonOptions.Verbose));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (plan.Duration is { } duration)
        {
            stop.CancelAfter(duration);
        }

        // (2) Beside the camera: one thread for the model, one flow for the webhook.
        using var worker = new InferenceWorker(model, _time, logs);
        using var stopWorker = new CancellationTokenSource();
        var working = worker.RunAsync(stopWorker.Token);
        var webhook = plan.Webhook is null ? null : new WatchWebhook(plan, report.OnDelivery, _time, logs);
        using var stopWebhook = new CancellationTokenSource();
        var posting = webhook?.RunAsync(stopWebhook.Token) ?? Task.CompletedTask;

        // (3) The camera.
        var feed = NewFeed(model, report, logs);
        var stage = new WatchStage(plan.Rules, byMediaTime: !plan.Source.IsLive, webhook, report, _time);
        var pipeline = new FramePipeline(feed, worker, stage, NewPipelineOptions(report, stop), _time);
        report.Counters = () => pipeline.Counters;
        try
        {
            await pipeline.RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            report.ThrowIfFatal();
        }
        finally
        {
            // (4) The feed has closed its source already.
            await stopWorker.CancelAsync();
            await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (webhook is not null)
            {
                await webhook.DrainAsync(cancellationToken.IsCancellationRequested ? WebhookGraceWhenStopped : WebhookGrace);
                await stopWebhook.CancelAsync();
                await posting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await webhook.TellStoppedAsync();
            }

            // (5)
            report.End(pipeline.Counters);
        }

        await working;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private CameraFeed NewFeed(LoadedModel model, WatchReport report, ILogger logs)
    {
        var frames = FrameSources.Create(
            plan.CameraId,
            plan.Source,
            new FrameSourceOptions
            {
                FrameSidePxMax = model.Description.InputSizePx,
                FramePeriod = plan.Every,
                RtspTransport = plan.Transport,
                PaceFiles = plan.PlaysInRealTime,
            },
            _time,
            logs);
        return new CameraFeed(
            plan.CameraId,
            frames,
            new CameraFeedOptions { IsLive = plan.Source.IsLive, FailBeforeFirstFrame = !plan.KeepTrying, OnStatus = report.OnStatus },
            _time,
            logs);
    }

    private FramePipelineOptions NewPipelineOptions(WatchReport report, CancellationTokenSource stop)
    {
        report.OnFatal = stop.Cancel;
        return new FramePipelineOptions
        {
            Generation = new GenerationRequest { Prompt = plan.Prompt, MaxNewTokens = plan.MaxNewTokens },
            SamplePeriod = plan.Every,
            FrameAgeMax = plan.Source.IsLive ? Limits.FrameAgeMax : null,
            SampleByMediaTime = !plan.Source.IsLive,
            OnText = report.OnText,
        };
    }
}
