using FastVlm.Grains.Placement;
using FastVlm.Grains.Wire;
using Orleans.Concurrency;
using Orleans.Placement;

namespace FastVlm.Grains.Inference;

/// <summary>
/// A shell before the worker that owns the device's model: it finds it when it is activated and hands questions over. Many
/// wait at once; in which order they are answered is the worker's business.
/// </summary>
[OnNamedSilo]
[KeepAlive]
[Immovable]
[Reentrant]
public sealed class InferenceGrain(LocalDevices devices, ILocalSiloDetails self) : Grain, IInferenceGrain
{
    private LocalDevice? device;

    /// <exception cref="WrongNodeException">The device is not this node's: placement went wrong, and nothing must come of it.</exception>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        device = devices.Require(self.Name, this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public Task<AnswerWire> Ask(AskWire ask, CancellationToken cancellationToken) => device!.AskAsync(ask, cancellationToken);
}

/// <summary>A grain was activated on a node that it does not belong to.</summary>
[GenerateSerializer, Alias("fastvlm.WrongNodeException")]
public sealed class WrongNodeException(string message) : Exception(message);
