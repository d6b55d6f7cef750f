using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Web.Json;

/// <summary>
/// JSON as clients see it: <see cref="PlatformJson"/>, and webhook addresses without their paths, which alone may let anybody
/// post to a chat.
/// </summary>
public static class WebJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        PlatformJson.Apply(options);
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { HideDestinations } };
        return options;
    }

    private static JsonSerializerOptions Create()
    {
        var options = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));
        options.MakeReadOnly();
        return options;
    }

    private static void HideDestinations(JsonTypeInfo type)
    {
        if (type.Type == typeof(EndpointSpec))
        {
            type.Properties.Single(property => property.PropertyType == typeof(CameraUrl)).CustomConverter = new DestinationJsonConverter();
        }
    }

    private sealed class DestinationJsonConverter : JsonConverter<CameraUrl>
    {
        public override CameraUrl Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
                ? new CameraUrl(reader.GetString()!)
                : throw new JsonException("An address is a string.");

        public override void Write(Utf8JsonWriter writer, CameraUrl value, JsonSerializerOptions options) =>
            writer.WriteStringValue(UrlSecrets.RedactDestination(value.Reveal()));
    }
}
