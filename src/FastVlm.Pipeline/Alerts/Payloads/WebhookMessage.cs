using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>What a message about an incident tells, before it has a form.</summary>
internal sealed record WebhookMessage
{
    public required string Type { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    public required Incident Incident { get; init; }

    public string? CameraName { get; init; }

    public IReadOnlyList<string> CameraTags { get; init; } = [];

    public string? RuleName { get; init; }

    /// <summary>The endpoint that is down.</summary>
    public string? EndpointName { get; init; }

    public EvidenceDigest? Evidence { get; init; }

    public Links Links { get; init; } = Links.None;
}
