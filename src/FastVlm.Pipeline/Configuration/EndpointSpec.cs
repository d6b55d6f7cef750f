namespace FastVlm.Pipeline.Configuration;

/// <summary>How a delivery's body looks.</summary>
public enum WebhookTemplate
{
    /// <summary>The platform's own JSON, documented in docs/webhooks.md.</summary>
    Json,

    /// <summary>A Slack incoming webhook.</summary>
    Slack,

    /// <summary>A Microsoft Teams workflow webhook (adaptive card).</summary>
    Teams,
}

/// <summary>What deliveries tell. The names on the wire are <c>incident.opened</c> and so on.</summary>
public enum WebhookEvent
{
    IncidentOpened,
    IncidentCleared,
    IncidentAcknowledged,
}

/// <summary>A webhook receiver as the user wrote it. Immutable.</summary>
public sealed record EndpointSpec
{
    /// <summary>1 to <see cref="Limits.NameCharsMax"/> characters, unique among endpoints without regard to case.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>https://</c> or <c>http://</c>. Path and query may be secrets: shown and logged without them.</summary>
    public CameraUrl Url { get; init; } = new("");

    public bool Enabled { get; init; } = true;

    /// <summary>Why the platform disabled it by itself; null where it did not.</summary>
    public string? DisabledReason { get; init; }

    public WebhookTemplate Template { get; init; } = WebhookTemplate.Json;

    /// <summary>
    /// Signing secrets (<c>whsec_…</c>), newest first; each signs, so that a secret can be rotated without a gap. 1 or 2;
    /// generated where none is given.
    /// </summary>
    public IReadOnlyList<SecretText> Secrets { get; init; } = [];

    /// <summary>Empty is every event.</summary>
    public IReadOnlyList<WebhookEvent> Events { get; init; } = [];

    public Severity MinimumSeverity { get; init; } = Severity.Info;

    public CameraSelector Cameras { get; init; } = new();

    /// <summary>Empty is every rule, and the platform's own incidents.</summary>
    public IReadOnlyList<RuleId> Rules { get; init; } = [];

    /// <summary>
    /// The address may lie in a private range (10/8, 172.16/12, 192.168/16, fc00::/7). Loopback, link-local and metadata
    /// addresses stay refused, unless the platform was started with <c>--allow-loopback-webhooks</c>.
    /// </summary>
    public bool AllowPrivateNetwork { get; init; }
}
