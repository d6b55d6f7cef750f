using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastVlm.Embedded.Output;

/// <summary>One event of a command as a line of JSON. Lines are described in docs/cli.md; each has a <c>type</c>.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Of(object line) => JsonSerializer.Serialize(line, line.GetType(), Options);
}
