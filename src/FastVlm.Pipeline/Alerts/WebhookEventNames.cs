using System.Diagnostics;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Alerts;

/// <summary>Names of events on the wire. They are never changed.</summary>
public static class WebhookEventNames
{
    public const string Opened = "incident.opened";

    public const string Cleared = "incident.cleared";

    public const string Acknowledged = "incident.acknowledged";

    /// <summary>The message behind the test button; about no incident.</summary>
    public const string Test = "webhook.test";

    public static string Of(WebhookEvent webhookEvent) => webhookEvent switch
    {
        WebhookEvent.IncidentOpened => Opened,
        WebhookEvent.IncidentCleared => Cleared,
        WebhookEvent.IncidentAcknowledged => Acknowledged,
        _ => throw new UnreachableException(),
    };
}
