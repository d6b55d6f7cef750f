using FastVlm.Pipeline.Captions;

namespace FastVlm.Pipeline.Storage;

/// <summary>Which captions to find.</summary>
public sealed record CaptionQuery
{
    /// <summary>Null is every camera.</summary>
    public CameraId? CameraId { get; init; }

    /// <summary>Words that must all occur, "phrases in quotes", prefix*; null is any text. Never an error.</summary>
    public string? Text { get; init; }

    /// <summary>Captured at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Captured before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only captions older than this one: the last id of the previous page.</summary>
    public CaptionId? Before { get; init; }

    /// <summary>1 to <see cref="Limits.PageLengthMax"/>.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>A span of time at some cameras.</summary>
/// <param name="Cameras">None is none.</param>
/// <param name="From">Captured at or after.</param>
/// <param name="To">Captured before.</param>
public sealed record CaptionSpan(IReadOnlyCollection<CameraId> Cameras, DateTimeOffset From, DateTimeOffset To);

/// <summary>Stored captions.</summary>
public interface ICaptionHistory
{
    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<CaptionRecord>> FindAsync(CaptionQuery query, CancellationToken cancellationToken);

    Task<CaptionRecord?> FindAsync(CaptionId id, CancellationToken cancellationToken);

    /// <summary>All captions of a span of time, oldest first, read in pages so that writers are not held up.</summary>
    IAsyncEnumerable<CaptionRecord> ReadAsync(CaptionSpan span, CancellationToken cancellationToken);

    /// <summary>How many <see cref="ReadAsync"/> would give.</summary>
    Task<long> CountAsync(CaptionSpan span, CancellationToken cancellationToken);
}
