using FastVlm.Pipeline.Captions;

namespace FastVlm.Pipeline.Alerts;

/// <summary>What an alert tells: that an episode began, or that it is over.</summary>
public enum AlertKind
{
    Raised,
    Cleared,
}

/// <summary>
/// One message about an episode, i.e. a time in which a rule holds at a camera. An episode has one raised and, once the
/// rule no longer holds, one cleared message. Immutable.
/// </summary>
public sealed record Alert
{
    /// <summary>Unique, and the same at every try to deliver it: receivers recognise duplicates by it.</summary>
    public required string Id { get; init; }

    /// <summary>Shared by the raised and the cleared message.</summary>
    public required string EpisodeId { get; init; }

    public required AlertKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>When the episode began.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>The phrase of the rule.</summary>
    public required string Rule { get; init; }

    /// <summary>The words that matched; null for a cleared message.</summary>
    public string? Span { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Why { get; init; }

    /// <summary>The caption that changed the state; its frame and stamps come with it.</summary>
    public required Caption Caption { get; init; }
}
