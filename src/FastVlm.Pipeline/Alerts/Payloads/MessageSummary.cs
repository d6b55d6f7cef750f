using System.Globalization;
using FastVlm.Pipeline.Captions;
using static FastVlm.Pipeline.Alerts.Payloads.PayloadText;

namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>A message as people read it in a chat, before it has a chat's form. Nothing in it is escaped.</summary>
internal sealed record MessageSummary
{
    public const string TestText = "This is a test message. The endpoint receives what the platform sends.";

    public required string Headline { get; init; }

    public required IReadOnlyList<(string Name, string Value)> Facts { get; init; }

    /// <summary>The model's words; null where there are none.</summary>
    public string? Caption { get; init; }

    public required string Why { get; init; }

    /// <summary>Where to read more.</summary>
    public string? Link { get; init; }

    public static MessageSummary Of(WebhookMessage message, int charsMax)
    {
        var incident = message.Incident;
        return new MessageSummary
        {
            Headline = Shortened($"{WordOf(message)}: {incident.Title}", charsMax),
            Facts = [.. FactsOf(message).Select(fact => (fact.Name, Shortened(fact.Value, Math.Min(charsMax, 200))))],
            Caption = Shortened(message.Evidence?.Caption.Text, charsMax),
            Why = Shortened(incident.Why, charsMax),
            Link = message.Links.Incident(incident.Id),
        };
    }

    public static MessageSummary OfTest(string endpointName, DateTimeOffset now, int charsMax) => new()
    {
        Headline = "Test message",
        Facts = [("Endpoint", Shortened(endpointName, charsMax)), ("Sent", Moment(now))],
        Why = TestText,
    };

    private static string WordOf(WebhookMessage message) => message.Type switch
    {
        WebhookEventNames.Opened => "Opened",
        WebhookEventNames.Cleared => "Cleared",
        _ => "Acknowledged",
    };

    private static IEnumerable<(string Name, string Value)> FactsOf(WebhookMessage message)
    {
        var incident = message.Incident;
        yield return ("Severity", incident.Severity.ToString());
        if (incident.CameraId is { } camera)
        {
            yield return ("Camera", message.CameraName ?? camera.Value);
        }

        if (incident.RuleId is { } rule)
        {
            yield return ("Rule", message.RuleName ?? rule.Value);
        }

        if (incident.EndpointId is { } endpoint)
        {
            yield return ("Endpoint", message.EndpointName ?? endpoint.Value);
        }

        yield return ("Opened", Moment(incident.OpenedAt));
        if (incident.ClearedAt is { } clearedAt)
        {
            yield return ("Cleared", $"{Moment(clearedAt)}, after {Length(clearedAt - incident.OpenedAt)}");
        }

        if (message.Type == WebhookEventNames.Acknowledged)
        {
            yield return ("Acknowledged", incident.AcknowledgedBy is { } by ? $"{Moment(message.At)} by {by}" : Moment(message.At));
        }

        foreach (var fact in message.Evidence is { } evidence ? FactsOf(evidence) : [])
        {
            yield return fact;
        }
    }

    private static IEnumerable<(string Name, string Value)> FactsOf(EvidenceDigest evidence)
    {
        if (evidence.Verdict.Span is { } span)
        {
            yield return ("Matched", span);
        }

        if (evidence.Verdict.Probability is { } probability)
        {
            yield return ("Probability of yes", probability.ToString("0.00", CultureInfo.InvariantCulture));
        }

        yield return ("Model", evidence.Caption.ModelName);
        if (LatencyOf(evidence.Caption.Stamps) is { } latency)
        {
            yield return ("Capture to match", Length(latency));
        }
    }

    private static TimeSpan? LatencyOf(StageStamps stamps) => (stamps.MatchedAt ?? stamps.LastTokenAt) - stamps.CapturedAt;
}
