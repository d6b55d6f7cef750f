using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Alerts;

/// <summary>Decides whether an endpoint is to be told of an event.</summary>
internal static class EndpointFilter
{
    /// <param name="endpoint">Who might be told.</param>
    /// <param name="webhookEvent">What happened.</param>
    /// <param name="incident">To what.</param>
    /// <param name="tags">Of the incident's camera; none for a camera that is no longer there.</param>
    public static bool Wants(
        Entry<EndpointId, EndpointSpec> endpoint, WebhookEvent webhookEvent, Incident incident, IReadOnlyList<string> tags)
    {
        var spec = endpoint.Spec;
        return spec.Enabled
            && endpoint.Id != incident.EndpointId
            && (spec.Events.Count == 0 || spec.Events.Contains(webhookEvent))
            && incident.Severity >= spec.MinimumSeverity
            && (spec.Rules.Count == 0 || (incident.RuleId is { } rule && spec.Rules.Contains(rule)))
            && (incident.CameraId is not { } camera || spec.Cameras.Selects(camera, tags));
    }
}
