using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastVlm.Pipeline.Configuration;

/// <summary>
/// The address of a camera. Prints and serialises without user, password and query values; only <see cref="Reveal"/>
/// gives the text. A redacted address that comes back from a client means "as it was".
/// </summary>
[JsonConverter(typeof(CameraUrlJsonConverter))]
public sealed class CameraUrl(string text) : IEquatable<CameraUrl>
{
    /// <summary>For people, logs and clients.</summary>
    public string Redacted { get; } = UrlSecrets.RedactUrl(text);

    /// <summary>The text holds something that must not be shown.</summary>
    public bool HasSecrets => Redacted != text;

    /// <summary>The address with its secrets, for the one place that uses it.</summary>
    public string Reveal() => text;

    public bool Equals(CameraUrl? other) => other is not null && other.Reveal() == text;

    public override bool Equals(object? obj) => Equals(obj as CameraUrl);

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Redacted;
}

/// <summary>Reads the text, writes it redacted.</summary>
public sealed class CameraUrlJsonConverter : JsonConverter<CameraUrl>
{
    public override CameraUrl Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? new CameraUrl(reader.GetString()!) : throw new JsonException("An address is a string.");

    public override void Write(Utf8JsonWriter writer, CameraUrl value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(value.Redacted);
    }
}
