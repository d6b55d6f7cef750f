namespace FastVlm.Pipeline.Incidents;

/// <summary>People's part in incidents.</summary>
public interface IIncidentDesk
{
    /// <summary>Idempotent: the first acknowledgement stays.</summary>
    /// <returns>Null for an unknown incident.</returns>
    Task<Incident?> AcknowledgeAsync(IncidentId id, string? by, CancellationToken cancellationToken);

    /// <param name="id">The incident.</param>
    /// <param name="isTrue">True alert, false alert; null takes the judgement back.</param>
    /// <param name="note">At most 1000 characters.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null for an unknown incident.</returns>
    Task<Incident?> JudgeAsync(IncidentId id, bool? isTrue, string? note, CancellationToken cancellationToken);
}
