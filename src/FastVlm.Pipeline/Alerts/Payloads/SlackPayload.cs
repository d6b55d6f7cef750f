using System.Text.Json.Nodes;
using static FastVlm.Pipeline.Alerts.Payloads.PayloadText;

namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>
/// A message for a Slack incoming webhook. Free text stands in plain-text objects, which Slack does not interpret; only the
/// notification line and the link are mrkdwn, with the three characters escaped that mean something there. Pictures are
/// linked, not embedded: Slack refuses a whole message when it cannot fetch one, and plant networks are not reachable.
/// </summary>
internal static class SlackPayload
{
    // Slack's own limits of blocks.
    private const int HeaderCharsMax = 150;
    private const int TextCharsMax = 3000;
    private const int FieldsMax = 10;

    public static JsonObject Of(MessageSummary summary)
    {
        var blocks = new JsonArray
        {
            new JsonObject { ["type"] = "header", ["text"] = Plain(summary.Headline, HeaderCharsMax) },
            Section(summary.Why),
            new JsonObject
            {
                ["type"] = "section",
                ["fields"] = new JsonArray(
                    [.. summary.Facts.Take(FieldsMax).Select(fact => Plain($"{fact.Name}: {fact.Value}", TextCharsMax))]),
            },
        };
        if (summary.Caption is { Length: > 0 } caption)
        {
            blocks.Add(Section($"“{caption}”"));
        }

        if (summary.Link is { } link)
        {
            blocks.Add(new JsonObject
            {
                ["type"] = "section",
                ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = $"<{Escaped(link)}|Open the incident>" },
            });
        }

        return new JsonObject { ["text"] = Escaped(summary.Headline), ["blocks"] = blocks };
    }

    /// <summary>With these three, text can be neither a link nor a mention.</summary>
    public static string Escaped(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    private static JsonObject Section(string text) => new() { ["type"] = "section", ["text"] = Plain(text, TextCharsMax) };

    private static JsonObject Plain(string text, int charsMax) =>
        new() { ["type"] = "plain_text", ["text"] = Shortened(text, charsMax), ["emoji"] = false };
}
