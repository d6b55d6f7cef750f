using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastVlm.Pipeline.Configuration;

/// <summary>
/// A password or key. Prints and serialises as <see cref="Mask"/>; only <see cref="Reveal"/> gives the text. A mask that
/// comes back from a client means "as it was" (see <see cref="IsMask"/>). The storage has a converter of its own, which
/// encrypts.
/// </summary>
[JsonConverter(typeof(SecretTextJsonConverter))]
public sealed class SecretText(string text) : IEquatable<SecretText>
{
    public const string Mask = "***";

    /// <summary>The client returned what it was shown: keep the stored secret.</summary>
    public bool IsMask => text == Mask;

    /// <summary>The secret itself, for the one place that uses it.</summary>
    public string Reveal() => text;

    public bool Equals(SecretText? other) => other is not null && other.Reveal() == text;

    public override bool Equals(object? obj) => Equals(obj as SecretText);

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Mask;
}

/// <summary>Reads the text, writes the mask.</summary>
public sealed class SecretTextJsonConverter : JsonConverter<SecretText>
{
    public override SecretText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? new SecretText(reader.GetString()!) : throw new JsonException("A secret is a string.");

    public override void Write(Utf8JsonWriter writer, SecretText value, JsonSerializerOptions options) =>
        writer.WriteStringValue(SecretText.Mask);
}
