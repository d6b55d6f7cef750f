using System.Text.Json;
using System.Text.Json.Serialization;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Grains.Wire;

/// <summary>
/// Carries a value of the pipeline between nodes as the platform's JSON. On one node the value itself is handed over and
/// nothing is written. A member that the reader does not know is passed over, and one that the writer did not know keeps its
/// default, so that nodes of two versions understand each other; a member that is <c>required</c> may never be added.
/// </summary>
[GenerateSerializer, Immutable, Alias("fastvlm.JsonWire`1")]
public sealed class JsonWire<T>
{
    [NonSerialized]
    private T? value;

    [NonSerialized]
    private bool isRead;

    [NonSerialized]
    private byte[]? utf8;

    public JsonWire()
    {
    }

    public JsonWire(T value)
    {
        this.value = value;
        isRead = true;
    }

    [Id(0)]
    public byte[] Utf8
    {
        get => utf8 ??= JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options);
        set => utf8 = value;
    }

    /// <exception cref="JsonException">The sender's version does not fit ours.</exception>
    public T Value
    {
        get
        {
            if (!isRead)
            {
                value = JsonSerializer.Deserialize<T>(Utf8, WireJson.Options);
                isRead = true;
            }

            return value!;
        }
    }
}

/// <summary>The platform's JSON, except that a member which this version does not know is passed over.</summary>
internal static class WireJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    public static JsonWire<T> Wrap<T>(T value) => new(value);

    private static JsonSerializerOptions Create()
    {
        var options = PlatformJson.Create();
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        return options;
    }
}
