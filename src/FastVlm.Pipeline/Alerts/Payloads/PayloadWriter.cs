using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>
/// Writes a message in an endpoint's template, below <see cref="Limits.WebhookPayloadBytesMax"/>: texts are shortened, the
/// longest first, until it fits.
/// </summary>
internal static class PayloadWriter
{
    private const int TextCharsMax = 4000;

    // Below this nobody could read it; every field then takes a few dozen bytes, far from the limit.
    private const int TextCharsMin = 16;

    /// <summary>Letters of all languages as they are; what means something to HTML is escaped.</summary>
    private static readonly JsonSerializerOptions Options = new(PlatformJson.Options)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static string Write(WebhookTemplate template, WebhookMessage message) =>
        Fit(charsMax => template switch
        {
            WebhookTemplate.Json => JsonSerializer.Serialize(JsonPayload.Of(message, charsMax), Options),
            WebhookTemplate.Slack => SlackPayload.Of(MessageSummary.Of(message, charsMax)).ToJsonString(Options),
            WebhookTemplate.Teams => TeamsPayload.Of(MessageSummary.Of(message, charsMax)).ToJsonString(Options),
            _ => throw new UnreachableException(),
        });

    public static string WriteTest(Entry<EndpointId, EndpointSpec> endpoint, DateTimeOffset now) =>
        Fit(charsMax => endpoint.Spec.Template switch
        {
            WebhookTemplate.Json => JsonSerializer.Serialize(JsonTestPayload.Of(endpoint, now, charsMax), Options),
            WebhookTemplate.Slack => SlackPayload.Of(MessageSummary.OfTest(endpoint.Spec.Name, now, charsMax)).ToJsonString(Options),
            WebhookTemplate.Teams => TeamsPayload.Of(MessageSummary.OfTest(endpoint.Spec.Name, now, charsMax)).ToJsonString(Options),
            _ => throw new UnreachableException(),
        });

    private static string Fit(Func<int, string> write)
    {
        for (var charsMax = TextCharsMax; charsMax >= TextCharsMin; charsMax /= 2)
        {
            var payload = write(charsMax);
            if (Encoding.UTF8.GetByteCount(payload) < Limits.WebhookPayloadBytesMax)
            {
                return payload;
            }
        }

        throw new UnreachableException();
    }
}
