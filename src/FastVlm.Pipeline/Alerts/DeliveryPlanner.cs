using System.Diagnostics;
using FastVlm.Pipeline.Alerts.Payloads;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Alerts;

/// <summary>What deliveries say beside the incident.</summary>
public sealed record DeliveryPlannerOptions
{
    /// <summary>Where receivers find the dashboard, for links to incidents and pictures; null: messages hold no links.</summary>
    public Uri? DashboardAddress { get; init; }
}

/// <summary>
/// Decides which endpoints are told of a change, and writes what they are told: the payload is fixed here and is the same at
/// every try. Safe for concurrent use. It remembers the evidence of alerts that are held back, since that comes only with the
/// opening: of the last <see cref="Limits.HeldBackEvidenceMax"/>, and not over a restart; a later one is told without it.
/// </summary>
public sealed class DeliveryPlanner : IDeliveryPlanner
{
    private readonly Links links;
    private readonly Lock gate = new();
    private readonly Dictionary<IncidentId, EvidenceDigest> heldBack = [];
    private readonly Queue<IncidentId> heldBackOrder = new();
    private volatile Book book = Book.Of(PlatformConfiguration.Empty);

    public DeliveryPlanner(DeliveryPlannerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        links = new Links(options.DashboardAddress);
    }

    /// <summary>From now on this is configured.</summary>
    public void Apply(PlatformConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        book = Book.Of(configuration);
    }

    /// <summary>
    /// Wants to see every change, also of alerts that are held back. <paramref name="now"/> is the change's own time: an
    /// annotation is an acknowledgement where the incident was acknowledged at that very time.
    /// </summary>
    public IReadOnlyList<Delivery> Plan(IncidentChange change, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(change);
        var evidence = EvidenceOf(change);
        if (EventOf(change, now) is not { } webhookEvent)
        {
            return [];
        }

        var (current, incident) = (book, change.Incident);
        var camera = incident.CameraId is { } cameraId ? current.Cameras.GetValueOrDefault(cameraId) : null;
        var rule = incident.RuleId is { } ruleId ? current.Rules.GetValueOrDefault(ruleId) : null;
        var down = incident.EndpointId is { } endpointId ? current.Endpoints.FirstOrDefault(e => e.Id == endpointId) : null;
        var message = new WebhookMessage
        {
            Type = WebhookEventNames.Of(webhookEvent),
            At = now,
            Incident = incident,
            CameraName = camera?.Spec.Name,
            CameraTags = camera?.Spec.Tags ?? [],
            RuleName = rule?.Spec.Name,
            EndpointName = down?.Spec.Name,
            Evidence = evidence,
            Links = links,
        };
        var wanted = current.Endpoints
            .Where(endpoint => EndpointFilter.Wants(endpoint, webhookEvent, incident, message.CameraTags))
            .ToList();
        var payloads = wanted
            .Select(endpoint => endpoint.Spec.Template)
            .Distinct()
            .ToDictionary(template => template, template => PayloadWriter.Write(template, message));
        return [.. wanted.Select(endpoint => NewDelivery(endpoint, message, payloads[endpoint.Spec.Template]))];
    }

    private static WebhookEvent? EventOf(IncidentChange change, DateTimeOffset now) => change.Kind switch
    {
        _ when change.Incident.Alert != AlertState.Told => null,
        IncidentChangeKind.Opened or IncidentChangeKind.Told => WebhookEvent.IncidentOpened,
        IncidentChangeKind.Cleared => WebhookEvent.IncidentCleared,
        IncidentChangeKind.Annotated when change.Incident.AcknowledgedAt == now => WebhookEvent.IncidentAcknowledged,
        IncidentChangeKind.Annotated or IncidentChangeKind.Ongoing => null,
        _ => throw new UnreachableException(),
    };

    private static Delivery NewDelivery(Entry<EndpointId, EndpointSpec> endpoint, WebhookMessage message, string payload) => new()
    {
        Id = DeliveryId.New(message.At),
        EndpointId = endpoint.Id,
        IncidentId = message.Incident.Id,
        EventType = message.Type,
        Payload = payload,
        CreatedAt = message.At,
        NextAttemptAt = message.At,
    };

    private EvidenceDigest? EvidenceOf(IncidentChange change)
    {
        var id = change.Incident.Id;
        switch (change)
        {
            case { Kind: IncidentChangeKind.Opened, Evidence: { } evidence }:
                var digest = EvidenceDigest.Of(evidence);
                Remember(id, change.Incident.Alert == AlertState.HeldBack ? digest : null);
                return digest;
            case { Kind: IncidentChangeKind.Told or IncidentChangeKind.Cleared }:
                lock (gate)
                {
                    return heldBack.Remove(id, out var held) && change.Kind == IncidentChangeKind.Told ? held : null;
                }

            default:
                return null;
        }
    }

    private void Remember(IncidentId id, EvidenceDigest? digest)
    {
        if (digest is null)
        {
            return;
        }

        lock (gate)
        {
            heldBack[id] = digest;
            heldBackOrder.Enqueue(id);
            while (heldBackOrder.Count > Limits.HeldBackEvidenceMax)
            {
                heldBack.Remove(heldBackOrder.Dequeue());
            }
        }
    }

    /// <summary>What is configured, found by id.</summary>
    private sealed record Book(
        IReadOnlyList<Entry<EndpointId, EndpointSpec>> Endpoints,
        IReadOnlyDictionary<CameraId, Entry<CameraId, CameraSpec>> Cameras,
        IReadOnlyDictionary<RuleId, Entry<RuleId, RuleSpec>> Rules)
    {
        public static Book Of(PlatformConfiguration configuration) => new(
            configuration.Endpoints,
            configuration.Cameras.ToDictionary(camera => camera.Id),
            configuration.Rules.ToDictionary(rule => rule.Id));
    }
}
