using FastVlm.Pipeline.Storage;

namespace FastVlm.Pipeline.Incidents;

/// <summary>
/// Decides whether a rule's next alert about a camera must wait. A cooldown runs from the moment at which a receiver
/// accepted an opening alert of the same rule at the same camera: an alert that reached nobody spends nothing, and no
/// other rule or camera is ever held back. One for the whole platform; safe for concurrent use.
/// </summary>
public sealed class CooldownLedger
{
    /// <summary>
    /// Told incidents whose delivery is not known yet; receivers that are down for days fill it. Then the oldest is forgotten.
    /// </summary>
    private const int ExpectedMax = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(RuleId, CameraId), DateTimeOffset> lastTold = [];
    private readonly Dictionary<IncidentId, (RuleId, CameraId)> expected = [];
    private readonly Queue<IncidentId> expectedOrder = [];

    /// <summary>Goes on where the platform stopped.</summary>
    public void Restore(IEnumerable<LastTold> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var row in rows)
        {
            Delivered(row.RuleId, row.CameraId, row.At);
        }
    }

    /// <summary>A receiver accepted the opening alert of an incident.</summary>
    /// <returns>False for an incident that was told before the platform started: call the other overload for it.</returns>
    public bool Delivered(IncidentId incident, DateTimeOffset at)
    {
        (RuleId Rule, CameraId Camera) key;
        lock (gate)
        {
            if (!expected.Remove(incident, out key))
            {
                return false;
            }
        }

        Delivered(key.Rule, key.Camera, at);
        return true;
    }

    /// <summary>A receiver accepted an opening alert of a rule at a camera.</summary>
    public void Delivered(RuleId rule, CameraId camera, DateTimeOffset at)
    {
        lock (gate)
        {
            if (!lastTold.TryGetValue((rule, camera), out var known) || known < at)
            {
                lastTold[(rule, camera)] = at;
            }
        }
    }

    /// <summary>An alert about this pair has to wait now.</summary>
    public bool IsCooling(RuleId rule, CameraId camera, TimeSpan cooldown, DateTimeOffset now)
    {
        lock (gate)
        {
            return lastTold.TryGetValue((rule, camera), out var at) && now - at < cooldown;
        }
    }

    /// <summary>An opening alert was handed to the outbox: its delivery will be reported by the incident's id.</summary>
    internal void Expect(Incident incident)
    {
        if (incident is not { RuleId: { } rule, CameraId: { } camera })
        {
            return;
        }

        lock (gate)
        {
            if (expected.TryAdd(incident.Id, (rule, camera)))
            {
                expectedOrder.Enqueue(incident.Id);
            }

            while (expectedOrder.Count > ExpectedMax)
            {
                expected.Remove(expectedOrder.Dequeue());
            }
        }
    }
}
