using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastVlm.Pipeline.Configuration;

/// <summary>Tells whether two specs say the same, secrets included. Records compare their lists by reference, so JSON does it.</summary>
internal static class SpecComparison
{
    private static readonly JsonSerializerOptions Revealing = CreateRevealing();

    public static bool SaysTheSame<TSpec>(TSpec left, TSpec right) =>
        JsonSerializer.SerializeToUtf8Bytes(left, Revealing).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, Revealing));

    private static JsonSerializerOptions CreateRevealing()
    {
        var options = PlatformJson.Create();
        options.Converters.Add(new Revealed<SecretText>(secret => secret.Reveal()));
        options.Converters.Add(new Revealed<CameraUrl>(url => url.Reveal()));
        return options;
    }

    private sealed class Revealed<T>(Func<T, string> reveal) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("This form is only for comparing.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(reveal(value));
    }
}
