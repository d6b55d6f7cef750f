using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Incidents;

/// <summary>
/// Acknowledgements and verdicts, one at a time. The journal keeps them apart from what rules write to the same incident.
/// </summary>
/// <param name="log">Where incidents are read.</param>
/// <param name="recorder">Where annotations go.</param>
/// <param name="onAnnotated">Told of each annotation once it is stored: whoever keeps the incident in memory must know.</param>
/// <param name="timeProvider">Stamps acknowledgements.</param>
public sealed class IncidentDesk(
    IIncidentLog log, IncidentRecorder recorder, Func<Incident, CancellationToken, Task> onAnnotated, TimeProvider timeProvider)
    : IIncidentDesk, IDisposable
{
    private readonly SemaphoreSlim turn = new(1);

    public Task<Incident?> AcknowledgeAsync(IncidentId id, string? by, CancellationToken cancellationToken) =>
        AnnotateAsync(
            id,
            (incident, now) => incident.AcknowledgedAt is null
                ? incident with { AcknowledgedAt = now, AcknowledgedBy = by }
                : incident,
            cancellationToken);

    public Task<Incident?> JudgeAsync(IncidentId id, bool? isTrue, string? note, CancellationToken cancellationToken) =>
        AnnotateAsync(id, (incident, _) => incident with { Verdict = isTrue, VerdictNote = note }, cancellationToken);

    public void Dispose() => turn.Dispose();

    private async Task<Incident?> AnnotateAsync(
        IncidentId id, Func<Incident, DateTimeOffset, Incident> annotate, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (await log.FindAsync(id, cancellationToken) is not { } incident)
            {
                return null;
            }

            var now = timeProvider.GetUtcNow();
            var annotated = annotate(incident, now);
            if (annotated != incident)
            {
                await recorder.RecordAsync(new IncidentChange(IncidentChangeKind.Annotated, annotated), now, cancellationToken);
                await onAnnotated(annotated, cancellationToken);
            }

            return annotated;
        }
        finally
        {
            turn.Release();
        }
    }
}
