using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Storage;

/// <summary>Which incidents to find.</summary>
public sealed record IncidentQuery
{
    public IncidentState? State { get; init; }

    public IncidentKind? Kind { get; init; }

    public CameraId? CameraId { get; init; }

    public RuleId? RuleId { get; init; }

    /// <summary>Only incidents older than this one: the last id of the previous page.</summary>
    public IncidentId? Before { get; init; }

    /// <summary>1 to <see cref="Limits.PageLengthMax"/>.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>When a rule last told somebody about a camera: what a cooldown is measured from.</summary>
public readonly record struct LastTold(RuleId RuleId, CameraId CameraId, DateTimeOffset At);

/// <summary>Stored incidents and their evidence.</summary>
public interface IIncidentLog
{
    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Incident>> FindAsync(IncidentQuery query, CancellationToken cancellationToken);

    Task<Incident?> FindAsync(IncidentId id, CancellationToken cancellationToken);

    /// <summary>Every open incident, to go on with after a start.</summary>
    Task<IReadOnlyList<Incident>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>The last delivered opening alert of each rule and camera, to go on with after a start.</summary>
    Task<IReadOnlyList<LastTold>> ListLastToldAsync(CancellationToken cancellationToken);

    /// <summary>Without the pictures' bytes; null where there is none (the platform's own incidents, or swept).</summary>
    Task<Evidence?> FindEvidenceAsync(IncidentId id, CancellationToken cancellationToken);

    /// <param name="id">The incident.</param>
    /// <param name="index">Position in <see cref="Evidence.Pictures"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>JPEG; null where there is none.</returns>
    Task<byte[]?> ReadPictureAsync(IncidentId id, int index, CancellationToken cancellationToken);
}
