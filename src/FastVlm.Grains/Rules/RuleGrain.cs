using FastVlm.Grains.Placement;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace FastVlm.Grains.Rules;

/// <summary>
/// A shell before the camera's stage, which lives beside it: opened when the grain is activated, with what the last one
/// stored, and closed with it. A stage that was opened anew elsewhere is given up at its first entry, which is refused.
/// </summary>
[OnSilosWithRole("camera")]
[PreferLocalPlacement]
[KeepAlive]
public sealed class RuleGrain(LocalStages stages, ILogger<RuleGrain> logger) : Grain, IRuleGrain
{
    private LocalStage? stage;

    private CameraId Camera => new(this.GetPrimaryKeyString());

    /// <exception cref="StoreUnavailableException">What was stored of the camera cannot be read now.</exception>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        try
        {
            stage = await stages.OpenAsync(Camera, cancellationToken);
        }
        catch (StorageException e)
        {
            throw new StoreUnavailableException(e.Message);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            // What was opened in an activation that fails is closed by nobody else.
            await stages.CloseAsync(stage);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        stage is null ? Task.CompletedTask : stages.CloseAsync(stage);

    public async Task<JudgedWire> Publish(LookWire look)
    {
        try
        {
            return new JudgedWire { Caption = JsonWire.Of(await stage!.PublishAsync(look)) };
        }
        catch (FencedException fenced) when (fenced.Side == FenceSide.Feed)
        {
            return new JudgedWire { Fenced = fenced.Message };
        }
        catch (FencedException fenced)
        {
            throw GiveUp(fenced);
        }
    }

    public async Task Annotate(JsonWire annotated) =>
        await stage!.Stage.AnnotateAsync(annotated.Read<Incident>(), CancellationToken.None);

    public Task Told(string ruleId, DateTimeOffset at)
    {
        stage!.Cooldowns.Delivered(new RuleId(ruleId), Camera, at);
        return Task.CompletedTask;
    }

    public async Task Clear(string reason)
    {
        try
        {
            await stage!.Stage.ClearAsync(reason, CancellationToken.None);
        }
        catch (FencedException fenced)
        {
            throw GiveUp(fenced);
        }
    }

    public Task Release()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>The next call finds the stage that is there now, or opens a new one.</summary>
    private StageMovedException GiveUp(FencedException fenced)
    {
        logger.StageFenced(Camera.Value, fenced.Message);
        DeactivateOnIdle();
        return new StageMovedException(fenced.Message);
    }
}

/// <summary>The store does not answer now; the call is to be made again.</summary>
[GenerateSerializer, Alias("fastvlm.StoreUnavailableException")]
public sealed class StoreUnavailableException(string message) : Exception(message);

/// <summary>The camera's rules are judged elsewhere by now; nothing was stored, and the call is to be made again.</summary>
[GenerateSerializer, Alias("fastvlm.StageMovedException")]
public sealed class StageMovedException(string message) : Exception(message);
