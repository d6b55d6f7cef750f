using System.Text.Json;
using System.Text.Json.Serialization;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Storage;

/// <summary>
/// JSON in columns: the platform's, except that a member which this version does not know is passed over, so that a row
/// written by a later one can still be read.
/// </summary>
internal static class StoredJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    public static JsonSerializerOptions Create()
    {
        var options = PlatformJson.Create();
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        return options;
    }

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");
}

/// <summary>How enumerations stand in columns: as in JSON.</summary>
internal static class StoredEnum
{
    public static string ToColumn<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static T FromColumn<T>(string text)
        where T : struct, Enum => Enum.Parse<T>(text, ignoreCase: true);
}
