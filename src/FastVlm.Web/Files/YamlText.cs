using System.Text.Json.Nodes;
using FastVlm.Pipeline.Configuration;
using YamlDotNet.Core;

namespace FastVlm.Web.Files;

/// <summary>What YAML text says, as JSON, and where each part of it stands.</summary>
internal sealed record YamlText
{
    public JsonNode? Root { get; init; }

    /// <summary>By JSON path, from 1.</summary>
    public required IReadOnlyDictionary<string, (long Line, long Column)> Positions { get; init; }

    public IReadOnlyList<SpecError> Errors { get; init; } = [];

    /// <summary>
    /// Reads YAML 1.2 as JSON: no tags, one document, plain text by the core schema (so "no" is text, and 06:00 a time of day).
    /// Every entry that aliases repeat counts anew against the limit, so that a few lines cannot become gigabytes.
    /// </summary>
    public static YamlText Parse(string text)
    {
        var reader = new YamlReader();
        try
        {
            var root = reader.ReadDocument(text);
            return new YamlText { Root = root, Positions = reader.Positions, Errors = reader.Errors };
        }
        catch (YamlException e)
        {
            var positions = new Dictionary<string, (long, long)>(reader.Positions) { ["$"] = (e.Start.Line, e.Start.Column) };
            return new YamlText { Positions = positions, Errors = [new SpecError("$", $"This is no YAML: {e.Message.TrimEnd('.')}.")] };
        }
    }

    /// <summary>"line 4, column 7" of the path, or of the nearest part around it that is in the text.</summary>
    public string PlaceOf(string path)
    {
        for (var at = path; at.Length > 0; at = at[..Math.Max(at.LastIndexOf('.'), at.LastIndexOf('['))])
        {
            if (Positions.TryGetValue(at, out var place))
            {
                return $"line {place.Line}, column {place.Column}";
            }

            if (at.LastIndexOfAny(['.', '[']) <= 0)
            {
                break;
            }
        }

        return Positions.TryGetValue("$", out var root) ? $"line {root.Line}, column {root.Column}" : "line 1, column 1";
    }
}
