using System.Text.Json.Nodes;

namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>
/// An adaptive card for a Teams workflow webhook. Texts stand in text runs, which Teams does not read as Markdown: a caption
/// can make neither a link nor a mention.
/// </summary>
internal static class TeamsPayload
{
    public static JsonObject Of(MessageSummary summary)
    {
        var body = new JsonArray { Line(Run(summary.Headline, isBold: true, size: "Medium")), Line(Run(summary.Why)) };
        foreach (var (name, value) in summary.Facts)
        {
            body.Add(Line(Run($"{name}: ", isBold: true), Run(value)));
        }

        if (summary.Caption is { Length: > 0 } caption)
        {
            body.Add(Line(Run($"“{caption}”")));
        }

        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["fallbackText"] = summary.Headline,
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = body,
        };
        if (summary.Link is { } link)
        {
            card["actions"] = new JsonArray(
                new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = "Open the incident", ["url"] = link });
        }

        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["contentType"] = "application/vnd.microsoft.card.adaptive",
                ["content"] = card,
            }),
        };
    }

    private static JsonObject Line(params JsonObject[] runs) =>
        new() { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray([.. runs]) };

    private static JsonObject Run(string text, bool isBold = false, string? size = null)
    {
        var run = new JsonObject { ["type"] = "TextRun", ["text"] = text };
        if (isBold)
        {
            run["weight"] = "Bolder";
        }

        if (size is not null)
        {
            run["size"] = size;
        }

        return run;
    }
}
