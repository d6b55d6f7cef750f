using System.Text.Json;
using System.Text.Json.Serialization;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Pipeline.Alerts;

/// <summary>What a webhook receives, documented in docs/webhooks.md. Fields are added, never changed or removed.</summary>
internal sealed record WebhookPayload(string Type, DateTimeOffset Timestamp, WebhookPayload.AlertData Data)
{
    /// <summary>The bytes to sign and send: they stay the same at every try.</summary>
    public static byte[] Encode(Alert alert)
    {
        var payload = new WebhookPayload(
            alert.Kind == AlertKind.Raised ? "alert.raised" : "alert.cleared",
            alert.At,
            new AlertData
            {
                AlertId = alert.Id,
                EpisodeId = alert.EpisodeId,
                Camera = alert.Caption.Frame.CameraId.Value,
                Rule = alert.Rule,
                RaisedAt = alert.RaisedAt,
                Caption = alert.Caption.Text,
                Matched = alert.Span,
                Why = alert.Why,
                Model = alert.Caption.ModelName,
                FrameIndex = alert.Caption.Frame.Index,
                MediaTimeSeconds = alert.Caption.Frame.MediaTime?.TotalSeconds,
                Stamps = alert.Caption.Stamps,
            });
        return JsonSerializer.SerializeToUtf8Bytes(payload, WebhookJson.Default.WebhookPayload);
    }

    internal sealed record AlertData
    {
        public required string AlertId { get; init; }

        public required string EpisodeId { get; init; }

        public required string Camera { get; init; }

        public required string Rule { get; init; }

        public required DateTimeOffset RaisedAt { get; init; }

        public required string Caption { get; init; }

        public required string? Matched { get; init; }

        public required string Why { get; init; }

        public required string Model { get; init; }

        public required long FrameIndex { get; init; }

        public required double? MediaTimeSeconds { get; init; }

        public required StageStamps Stamps { get; init; }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WebhookPayload))]
internal sealed partial class WebhookJson : JsonSerializerContext;
