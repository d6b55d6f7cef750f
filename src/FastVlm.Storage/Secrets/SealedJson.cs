using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Storage.Secrets;

/// <summary>
/// Specs as JSON whose secrets are sealed: each stands as <c>{"sealed": "enc:v1:…"}</c>, bound to its row and its path
/// within it. Addresses are secrets as a whole, because a path can be one too.
/// </summary>
internal sealed class SealedJson(SecretBox box)
{
    private const string Sealed = "sealed";
    private const string Plain = "plain";

    private static readonly JsonSerializerOptions PlainOptions = CreatePlainOptions();

    /// <param name="spec">What is to be stored.</param>
    /// <param name="row">Names the row among all.</param>
    public string Write<T>(T spec, string row)
    {
        var node = JsonSerializer.SerializeToNode(spec, PlainOptions)!;
        Replace(node, Plain, (value, path) => new JsonObject { [Sealed] = box.Seal(value, row + path) });
        return node.ToJsonString(StoredJson.Options);
    }

    /// <param name="json">What was stored.</param>
    /// <param name="row">The same as when it was written.</param>
    /// <param name="isComplete">False where a secret cannot be opened; it is empty then.</param>
    public T Read<T>(string json, string row, out bool isComplete)
    {
        var node = JsonNode.Parse(json) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");
        var allOpened = true;
        Replace(node, Sealed, (value, path) =>
        {
            var text = box.Open(value, row + path);
            allOpened &= text is not null;
            return JsonValue.Create(text ?? "");
        });
        isComplete = allOpened;
        return node.Deserialize<T>(StoredJson.Options) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");
    }

    /// <summary>Replaces each object whose only member is the given one.</summary>
    private static void Replace(JsonNode? node, string member, Func<string, string, JsonNode> replacement)
    {
        JsonNode?[] children = node switch
        {
            JsonObject o => [.. o.Select(p => p.Value)],
            JsonArray a => [.. a],
            _ => [],
        };
        foreach (var child in children)
        {
            if (child is JsonObject { Count: 1 } marked && marked[member] is { } value)
            {
                child.ReplaceWith(replacement(value.GetValue<string>(), child.GetPath()));
            }
            else
            {
                Replace(child, member, replacement);
            }
        }
    }

    private static JsonSerializerOptions CreatePlainOptions()
    {
        var options = StoredJson.Create();
        options.Converters.Add(new PlainConverter<SecretText>(secret => secret.Reveal()));
        options.Converters.Add(new PlainConverter<CameraUrl>(url => url.Reveal()));
        return options;
    }

    /// <summary>Marks a secret for <see cref="Write"/>; what it writes never leaves memory.</summary>
    private sealed class PlainConverter<T>(Func<T, string> reveal) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Secrets are opened before they are read.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString(Plain, reveal(value));
            writer.WriteEndObject();
        }
    }
}
