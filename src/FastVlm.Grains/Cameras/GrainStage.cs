using FastVlm.Grains.Rules;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Grains.Cameras;

/// <summary>
/// Hands a camera's captions to its rules, wherever they are. A caption that cannot be handed over now waits, and the camera
/// with it, until its rules are there again: none is lost while the camera runs.
/// </summary>
internal sealed class GrainStage(
    CameraId camera, long feedEpoch, string silo, IGrainFactory grains, TimeProvider timeProvider, ILogger logger) : ICameraStage
{
    private readonly IRuleGrain rules = grains.GetGrain<IRuleGrain>(camera.Value);

    /// <summary>They have their own, from the same configuration.</summary>
    public CompiledRuleSet Rules
    {
        set => _ = value;
    }

    public async Task<CaptionRecord?> PublishAsync(CaptionOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome is not Caption caption)
        {
            return null;
        }

        var look = new LookWire { Caption = JsonWire.Of(caption), FeedEpoch = feedEpoch, Silo = silo };
        var judged = await RepeatAsync(() => rules.Publish(look), cancellationToken);
        return judged.Fenced is { } reason ? throw new FencedException(FenceSide.Feed, reason) : judged.Caption?.Read<CaptionRecord>();
    }

    /// <summary>Time passes where the rules are.</summary>
    public Task TickAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The rules are told by whoever stored it.</summary>
    public Task AnnotateAsync(Incident annotated, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ClearAsync(string reason, CancellationToken cancellationToken) => RepeatAsync(
        async () =>
        {
            await rules.Clear(reason);
            await rules.Release();
            return true;
        },
        cancellationToken);

    /// <summary>A node or the store is away for now; anything else may be wrong with the look itself.</summary>
    private static bool IsOfTheCluster(Exception e) =>
        e is OrleansException or TimeoutException or StoreUnavailableException or IOException or OperationCanceledException;

    private static RetrySchedule NewWaits() =>
        new(ClusterLimits.RulesRetryFirst, ClusterLimits.RulesRetryMax, Limits.RetryJitter, new Random(0));

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        RetrySchedule? waits = null;
        for (var defects = 0; ;)
        {
            try
            {
                return await call().WaitAsync(cancellationToken);
            }
            catch (StageMovedException)
            {
                // The next call finds them; the first of these is expected after every move.
                waits ??= NewWaits();
                await Task.Delay(waits.Next(), timeProvider, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (!IsOfTheCluster(e) && ++defects == ClusterLimits.DefectTriesMax)
                {
                    throw;
                }

                logger.RulesNotReached(camera.Value, e.Message);
                waits ??= NewWaits();
                await Task.Delay(waits.Next(), timeProvider, cancellationToken);
            }
        }
    }
}
