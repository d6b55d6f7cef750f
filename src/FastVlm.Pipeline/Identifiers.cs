using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastVlm.Pipeline;

/// <summary>A name that one thing keeps for life: text in JSON, logs and addresses.</summary>
public interface IIdentifier<TSelf>
    where TSelf : struct, IIdentifier<TSelf>
{
    string Value { get; }

    static abstract TSelf From(string value);
}

/// <summary>The id of a camera, unique within an installation. Printed and logged as it is.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<CameraId>))]
public readonly record struct CameraId(string Value) : IIdentifier<CameraId>
{
    public static CameraId From(string value) => new(value);

    public static CameraId New(DateTimeOffset now) => new(IdentifierText.New("cam", now));

    public override string ToString() => Value;
}

/// <summary>The id of a rule.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<RuleId>))]
public readonly record struct RuleId(string Value) : IIdentifier<RuleId>
{
    public static RuleId From(string value) => new(value);

    public static RuleId New(DateTimeOffset now) => new(IdentifierText.New("rule", now));

    public override string ToString() => Value;
}

/// <summary>The id of a webhook endpoint.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<EndpointId>))]
public readonly record struct EndpointId(string Value) : IIdentifier<EndpointId>
{
    public static EndpointId From(string value) => new(value);

    public static EndpointId New(DateTimeOffset now) => new(IdentifierText.New("ep", now));

    public override string ToString() => Value;
}

/// <summary>The id of an incident.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<IncidentId>))]
public readonly record struct IncidentId(string Value) : IIdentifier<IncidentId>
{
    public static IncidentId From(string value) => new(value);

    public static IncidentId New(DateTimeOffset now) => new(IdentifierText.New("inc", now));

    public override string ToString() => Value;
}

/// <summary>The id of a stored caption; ids sort by time.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<CaptionId>))]
public readonly record struct CaptionId(string Value) : IIdentifier<CaptionId>
{
    public static CaptionId From(string value) => new(value);

    public static CaptionId New(DateTimeOffset now) => new(IdentifierText.New("cap", now));

    public override string ToString() => Value;
}

/// <summary>The id of a delivery, which receivers see as <c>webhook-id</c>: the same at every try.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<DeliveryId>))]
public readonly record struct DeliveryId(string Value) : IIdentifier<DeliveryId>
{
    public static DeliveryId From(string value) => new(value);

    public static DeliveryId New(DateTimeOffset now) => new(IdentifierText.New("msg", now));

    public override string ToString() => Value;
}

internal static class IdentifierText
{
    /// <summary>Sorts by time, and is unique also between processes.</summary>
    public static string New(string prefix, DateTimeOffset now) => $"{prefix}_{Guid.CreateVersion7(now):N}";
}

/// <summary>Identifiers are plain strings in JSON, also as keys.</summary>
public sealed class IdentifierJsonConverter<T> : JsonConverter<T>
    where T : struct, IIdentifier<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? T.From(reader.GetString()!) : throw new JsonException("An id is a string.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.From(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.Value);
}
