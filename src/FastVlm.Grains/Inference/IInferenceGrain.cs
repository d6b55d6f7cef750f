using FastVlm.Grains.Wire;

namespace FastVlm.Grains.Inference;

/// <summary>The address of one device: its key is <c>node/device</c>, and it lives on that node alone.</summary>
[Alias("fastvlm.IInferenceGrain")]
public interface IInferenceGrain : IGrainWithStringKey
{
    /// <summary>Asks the device's model about a frame. What the model does wrong is an answer too.</summary>
    [Alias("Ask")]
    Task<AnswerWire> Ask(AskWire ask, CancellationToken cancellationToken);
}
