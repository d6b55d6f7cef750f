using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Storage;

/// <summary>
/// What a writer must still hold for its entry to be stored. Where several machines share a store, a camera's feed and its
/// stage may for a moment exist twice: the one that was started last has the highest epoch, and only its entries are taken.
/// </summary>
/// <param name="CameraId">The camera.</param>
/// <param name="FeedEpoch">Of the feed whose frames or state the entry tells of; null where it tells of none.</param>
/// <param name="StageEpoch">Of the stage that judged; null where none did.</param>
public sealed record Fence(CameraId CameraId, long? FeedEpoch, long? StageEpoch);

/// <summary>Which of the two was started anew elsewhere.</summary>
public enum FenceSide
{
    Feed,
    Stage,
}

/// <summary>A newer feed or stage of the camera exists: who gets this must stop. Nothing was stored.</summary>
public sealed class FencedException(FenceSide side, string message) : Exception(message)
{
    public FenceSide Side { get; } = side;
}

/// <summary>What a camera's stage goes on with, wherever it is next.</summary>
/// <param name="Epoch">Of the new stage.</param>
/// <param name="State">As the last stage stored it; null where none did.</param>
/// <param name="Open">The camera's open incidents, of every kind.</param>
/// <param name="LastTold">When its rules last told somebody.</param>
/// <param name="Telling">Open or cleared incidents of the camera whose opening is still to be delivered, with their rules.</param>
public sealed record StageTakeover(
    long Epoch,
    TrackerState? State,
    IReadOnlyList<Incident> Open,
    IReadOnlyList<LastTold> LastTold,
    IReadOnlyDictionary<IncidentId, RuleId> Telling);

/// <summary>Hands out epochs. Once a call has returned, entries with an older epoch are refused, also those under way.</summary>
public interface ICameraFences
{
    /// <param name="camera">The camera.</param>
    /// <param name="holder">Where the feed runs, for people.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The new feed's epoch: higher than any before.</returns>
    /// <exception cref="StorageException">The store does not answer; nothing changed.</exception>
    Task<long> TakeFeedAsync(CameraId camera, string holder, CancellationToken cancellationToken);

    /// <summary>Also reads, after the older stage is shut out, what the new one goes on with.</summary>
    /// <inheritdoc cref="TakeFeedAsync"/>
    Task<StageTakeover> TakeStageAsync(CameraId camera, string holder, CancellationToken cancellationToken);
}
