using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using static FastVlm.Pipeline.Alerts.Payloads.PayloadText;

namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>What a JSON webhook receives, documented in docs/webhooks.md. Fields are added, never changed or removed.</summary>
internal sealed record JsonPayload(string Type, DateTimeOffset Timestamp, IncidentData Data)
{
    // Names are short by their own limit; texts of the model and of people are not.
    private const int NameCharsMax = Limits.NameCharsMax;

    public static JsonPayload Of(WebhookMessage message, int charsMax)
    {
        var incident = message.Incident;
        var name = Math.Min(NameCharsMax, charsMax);
        return new JsonPayload(message.Type, message.At, new IncidentData
        {
            IncidentId = incident.Id,
            Kind = incident.Kind,
            Severity = incident.Severity,
            State = incident.State,
            Title = Shortened(incident.Title, charsMax),
            Why = Shortened(incident.Why, charsMax),
            OpenedAt = incident.OpenedAt,
            LastSeenAt = incident.LastSeenAt,
            ClearedAt = incident.ClearedAt,
            Count = incident.Count,
            AcknowledgedAt = incident.AcknowledgedAt,
            AcknowledgedBy = Shortened(incident.AcknowledgedBy, charsMax),
            Url = message.Links.Incident(incident.Id),
            Camera = incident.CameraId is { } camera
                ? new CameraData(camera, Shortened(message.CameraName, name), [.. message.CameraTags.Select(tag => Shortened(tag, name))])
                : null,
            Rule = incident.RuleId is { } rule ? new NamedData(rule.Value, Shortened(message.RuleName, name)) : null,
            Endpoint = incident.EndpointId is { } endpoint
                ? new NamedData(endpoint.Value, Shortened(message.EndpointName, name))
                : null,
            Evidence = message.Evidence is { } evidence ? EvidenceData.Of(evidence, incident.Id, message.Links, charsMax) : null,
        });
    }
}

/// <summary>The incident after what happened.</summary>
internal sealed record IncidentData
{
    public required IncidentId IncidentId { get; init; }

    public required IncidentKind Kind { get; init; }

    public required Severity Severity { get; init; }

    public required IncidentState State { get; init; }

    public required string Title { get; init; }

    public required string Why { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    public required DateTimeOffset? ClearedAt { get; init; }

    public required long Count { get; init; }

    public required DateTimeOffset? AcknowledgedAt { get; init; }

    public required string? AcknowledgedBy { get; init; }

    public required string? Url { get; init; }

    public required CameraData? Camera { get; init; }

    public required NamedData? Rule { get; init; }

    public required NamedData? Endpoint { get; init; }

    public required EvidenceData? Evidence { get; init; }
}

/// <summary>Names are null for what was deleted.</summary>
internal sealed record CameraData(CameraId Id, string? Name, IReadOnlyList<string> Tags);

internal sealed record NamedData(string Id, string? Name);

/// <summary>What the model saw and said.</summary>
internal sealed record EvidenceData
{
    public required string Caption { get; init; }

    public required string Prompt { get; init; }

    public required string? Matched { get; init; }

    public required string Why { get; init; }

    public required double? Probability { get; init; }

    public required string Model { get; init; }

    public required string ModelFingerprint { get; init; }

    public required long FrameIndex { get; init; }

    public required StageStamps Stamps { get; init; }

    public required IReadOnlyList<PictureData> Pictures { get; init; }

    public static EvidenceData Of(EvidenceDigest evidence, IncidentId incident, Links links, int charsMax) => new()
    {
        Caption = Shortened(evidence.Caption.Text, charsMax),
        Prompt = Shortened(evidence.Caption.Prompt, Math.Min(charsMax, Limits.PromptCharsMax)),
        Matched = Shortened(evidence.Verdict.Span, charsMax),
        Why = Shortened(evidence.Verdict.Why, charsMax),
        Probability = evidence.Verdict.Probability,
        Model = Shortened(evidence.Caption.ModelName, charsMax),
        ModelFingerprint = Shortened(evidence.ModelFingerprint, charsMax),
        FrameIndex = evidence.Caption.FrameIndex,
        Stamps = evidence.Caption.Stamps,
        Pictures =
        [
            .. evidence.Pictures.Select(p => new PictureData(
                links.Picture(incident, p.Index), p.Picture.CapturedAt, p.Picture.IsTrigger, p.Picture.Sha256)),
        ],
    };
}

internal sealed record PictureData(string? Url, DateTimeOffset CapturedAt, bool IsTrigger, string Sha256);

/// <summary>What the test button sends.</summary>
internal sealed record JsonTestPayload(string Type, DateTimeOffset Timestamp, JsonTestPayload.TestData Data)
{
    public static JsonTestPayload Of(Entry<EndpointId, EndpointSpec> endpoint, DateTimeOffset now, int charsMax) => new(
        WebhookEventNames.Test,
        now,
        new TestData(new NamedData(endpoint.Id.Value, Shortened(endpoint.Spec.Name, charsMax)), MessageSummary.TestText));

    internal sealed record TestData(NamedData Endpoint, string Message);
}
