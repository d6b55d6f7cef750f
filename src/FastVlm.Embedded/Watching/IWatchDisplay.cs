using FastVlm.Embedded.Models;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Embedded.Watching;

/// <summary>What a person sees of a watch. Calls come one at a time.</summary>
internal interface IWatchDisplay
{
    void Begin(LoadedModel model);

    void State(CameraStatus status);

    /// <summary>A piece of the caption that is being written.</summary>
    void Text(Frame frame, string text);

    void Caption(Caption caption, TimeSpan? frameAge, IReadOnlyList<TextVerdict> verdicts);

    void Refusal(CaptionRefusal refusal);

    void Alert(Alert alert);

    void Delivery(DeliveryOutcome outcome);

    void Drops(FeedCounters counters);

    void End(WatchSummary summary);
}

/// <summary>Programs read JSON lines instead.</summary>
internal sealed class NoDisplay : IWatchDisplay
{
    public void Begin(LoadedModel model)
    {
    }

    public void State(CameraStatus status)
    {
    }

    public void Text(Frame frame, string text)
    {
    }

    public void Caption(Caption caption, TimeSpan? frameAge, IReadOnlyList<TextVerdict> verdicts)
    {
    }

    public void Refusal(CaptionRefusal refusal)
    {
    }

    public void Alert(Alert alert)
    {
    }

    public void Delivery(DeliveryOutcome outcome)
    {
    }

    public void Drops(FeedCounters counters)
    {
    }

    public void End(WatchSummary summary)
    {
    }
}
