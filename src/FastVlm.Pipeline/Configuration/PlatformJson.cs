using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastVlm.Pipeline.Configuration;

/// <summary>How the platform writes JSON everywhere: API, hub, configuration, storage. Durations are numbers of seconds.</summary>
public static class PlatformJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>A fresh copy that may still be changed, e.g. to add converters.</summary>
    public static JsonSerializerOptions Create() => Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new SecondsJsonConverter());
        return options;
    }
}

/// <summary>
/// A duration is a number of seconds; the property's name ends in "Seconds". Rounded, so that it comes back as it was written.
/// </summary>
public sealed class SecondsJsonConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var seconds = reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : double.NaN;
        return Math.Abs(seconds) <= TimeSpan.MaxValue.TotalSeconds / 2
            ? TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond))
            : throw new JsonException("A duration is a number of seconds.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.TotalSeconds);
}
