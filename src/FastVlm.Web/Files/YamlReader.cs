using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FastVlm.Pipeline.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FastVlm.Web.Files;

/// <summary>Builds JSON from the events of a YAML parser; notes faults and goes on.</summary>
internal sealed partial class YamlReader
{
    private const int NodesMax = 500_000;
    private const int DepthMax = 32;

    private readonly Dictionary<string, (long Line, long Column)> positions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonNode?> anchors = new(StringComparer.Ordinal);
    private readonly List<SpecError> errors = [];
    private int nodes;

    public IReadOnlyDictionary<string, (long Line, long Column)> Positions => positions;

    public IReadOnlyList<SpecError> Errors => errors;

    /// <exception cref="YamlException">The text is no YAML, or beyond the limits.</exception>
    public JsonNode? ReadDocument(string text)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            return new JsonObject();
        }

        parser.Consume<DocumentStart>();
        var root = Read(parser, "$", 0);
        parser.Consume<DocumentEnd>();
        if (!parser.TryConsume<StreamEnd>(out _))
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, "there is a second document after '---'; keep one");
        }

        return root is null ? new JsonObject() : root;
    }

    private JsonNode? Read(IParser parser, string path, int depth)
    {
        var at = parser.Current!;
        Count(1, depth, at);
        positions.TryAdd(path, (at.Start.Line, at.Start.Column));
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Repeat(alias, depth);
        }

        var node = (NodeEvent)at;
        if (!node.Tag.IsEmpty)
        {
            errors.Add(new SpecError(path, $"The tag '{node.Tag}' is not allowed; write the value alone."));
        }

        JsonNode? value = at switch
        {
            Scalar => Value(parser.Consume<Scalar>()),
            SequenceStart => ReadList(parser, path, depth),
            _ => ReadObject(parser, path, depth),
        };
        if (!node.Anchor.IsEmpty)
        {
            anchors[node.Anchor.Value] = value;
        }

        return value;
    }

    private JsonNode? Repeat(AnchorAlias alias, int depth)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var repeated))
        {
            throw new YamlException(alias.Start, alias.End, $"nothing before it is named '&{alias.Value}'");
        }

        Count(CountOf(repeated), depth, alias);
        return repeated?.DeepClone();
    }

    private JsonArray ReadList(IParser parser, string path, int depth)
    {
        parser.Consume<SequenceStart>();
        var list = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(Read(parser, $"{path}[{list.Count}]", depth + 1));
        }

        return list;
    }

    private JsonObject ReadObject(IParser parser, string path, int depth)
    {
        parser.Consume<MappingStart>();
        var members = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            var keyPath = $"{path}.{key.Value}";
            if (!positions.TryAdd(keyPath, (key.Start.Line, key.Start.Column)))
            {
                errors.Add(new SpecError(keyPath, $"'{key.Value}' is given twice; keep one (the second is in line {key.Start.Line})."));
            }

            members[key.Value] = Read(parser, keyPath, depth + 1);
        }

        return members;
    }

    private void Count(int count, int depth, ParsingEvent at)
    {
        nodes += count;
        if (nodes > NodesMax || depth > DepthMax)
        {
            throw new YamlException(at.Start, at.End, $"it has more than {NodesMax} values, or is nested deeper than {DepthMax}");
        }
    }

    private static int CountOf(JsonNode? node) => node switch
    {
        JsonArray list => 1 + list.Sum(CountOf),
        JsonObject members => 1 + members.Sum(member => CountOf(member.Value)),
        _ => 1,
    };

    private static JsonNode? Value(Scalar scalar) =>
        scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);

    /// <summary>The core schema of YAML 1.2, without octal, hexadecimal, infinity and NaN, which JSON has not.</summary>
    public static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when WholeNumber().IsMatch(text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when Number().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Number();
}
