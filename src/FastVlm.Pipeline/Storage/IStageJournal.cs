using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Storage;

/// <summary>What one look, or one change of a camera's or endpoint's state, leaves behind.</summary>
public sealed record StageEntry
{
    /// <summary>Null for the platform's own incidents and for people's annotations.</summary>
    public CaptionRecord? Caption { get; init; }

    public IReadOnlyList<IncidentChange> Changes { get; init; } = [];

    public IReadOnlyList<Delivery> Deliveries { get; init; } = [];

    /// <summary>Stored with the rest, so that the camera's stage can go on elsewhere; null where it is as it was stored last.</summary>
    public TrackerState? State { get; init; }

    /// <summary>What must still hold when it is stored; null where nobody else writes to the store.</summary>
    public Fence? Fence { get; init; }
}

/// <summary>Makes the frame's outcome durable.</summary>
public interface IStageJournal
{
    /// <summary>
    /// Stores caption, incident changes, evidence and deliveries in one transaction: all or nothing. Returns once it is on
    /// disk. Safe for concurrent use; entries of one caller keep their order.
    /// </summary>
    /// <exception cref="StorageException">The store cannot take it now (disk full, locked, damaged); the entry was not stored.</exception>
    /// <exception cref="FencedException">The entry's feed or stage was started anew elsewhere; the entry was not stored.</exception>
    Task AppendAsync(StageEntry entry, CancellationToken cancellationToken);
}

/// <summary>The store failed. The message is one sentence: what, where, and the remedy.</summary>
public sealed class StorageException(string message, Exception? innerException = null) : Exception(message, innerException);
