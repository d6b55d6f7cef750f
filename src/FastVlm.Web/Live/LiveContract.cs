using System.Text.Json.Serialization;
using FastVlm.Pipeline.Live;

namespace FastVlm.Web.Live;

/// <summary>What the server calls at a browser.</summary>
public interface ILiveClient
{
    /// <summary>Events in order. Where some were dropped, watch again after the last number to fill the gap.</summary>
    Task Events(LiveBatch batch);
}

/// <summary>What a browser wants to see.</summary>
public sealed record WatchRequest
{
    /// <summary>Ids, or "*" for every camera.</summary>
    public IReadOnlyList<string> Cameras { get; init; } = ["*"];

    /// <summary>Also the pieces of captions as the model writes them.</summary>
    public bool Text { get; init; }

    /// <summary>The last number that was seen before the connection broke; null begins with now.</summary>
    public long? After { get; init; }
}

/// <summary>Where the events begin, and what was missed.</summary>
public sealed record WatchReply(long Sequence, long Missed, IReadOnlyList<LiveEvent> Events) : IJsonOnSerialized
{
    private readonly TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Ends when the reply is being written to the connection, whose writes keep their order: whatever is sent from then on
    /// arrives after it.
    /// </summary>
    [JsonIgnore]
    internal Task Written => written.Task;

    void IJsonOnSerialized.OnSerialized() => written.TrySetResult();
}
