using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Rules;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Cameras;

/// <summary>Where a camera's captions are judged: in this process, or elsewhere.</summary>
public interface ICameraStage
{
    /// <summary>Judges by these rules from now on, where the stage is here; one elsewhere has its own.</summary>
    CompiledRuleSet Rules { set; }

    /// <summary>Judges, stores and shows what came of a frame. One call at a time.</summary>
    /// <returns>The caption as it was stored; null where the frame got none.</returns>
    /// <exception cref="FencedException">The camera's feed was started anew elsewhere.</exception>
    Task<CaptionRecord?> PublishAsync(CaptionOutcome outcome, CancellationToken cancellationToken);

    /// <summary>Lets time pass without a caption; to be called every few seconds.</summary>
    Task TickAsync(CancellationToken cancellationToken);

    /// <summary>A person acknowledged or judged one of the camera's incidents; it is stored already.</summary>
    Task AnnotateAsync(Incident annotated, CancellationToken cancellationToken);

    /// <summary>Clears what is open, because the camera is removed or disabled.</summary>
    /// <param name="reason">One sentence for people.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task ClearAsync(string reason, CancellationToken cancellationToken);
}
