using FastVlm.Embedded.Models;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Embedded.Watching;

/// <summary>What a person sees of a watch. Calls come one at a time.</summary>
internal interface IWatchDisplay
{
    void Begin(LoadedModel model);

    void State(CameraStatus status);

    /// <summary>A piece of the caption that is being written.</summary>
    void Text(Frame frame, string text);

    void Caption(Caption caption, TimeSpan? frameAge, IReadOnlyList<RuleVerdict> verdicts);

    void Refusal(CaptionRefusal refusal);

    /// <summary>An incident of the rule that says <paramref name="alert"/> was opened or cleared by this caption.</summary>
    void Incident(IncidentChange change, string alert, Caption caption);

    void Delivery(WatchDelivery told);

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

    public void Caption(Caption caption, TimeSpan? frameAge, IReadOnlyList<RuleVerdict> verdicts)
    {
    }

    public void Refusal(CaptionRefusal refusal)
    {
    }

    public void Incident(IncidentChange change, string alert, Caption caption)
    {
    }

    public void Delivery(WatchDelivery told)
    {
    }

    public void Drops(FeedCounters counters)
    {
    }

    public void End(WatchSummary summary)
    {
    }
}
