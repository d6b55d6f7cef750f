using System.Text.Json;
using System.Text.Json.Serialization;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Grains.Wire;

/// <summary>
/// Carries a value of the pipeline between nodes as the platform's JSON. On one node the value itself is handed over and
/// nothing is written. A member that the reader does not know is passed over, and one that the writer did not know keeps its
/// default, so that nodes of two versions understand each other; a member that is <c>required</c> may never be added.
/// </summary>
[GenerateSerializer, Immutable, Alias("fastvlm.JsonWire")]
public sealed class JsonWire
{
    private static readonly JsonSerializerOptions Options = CreateOptions();

    [NonSerialized]
    private object? value;

    [NonSerialized]
    private byte[]? utf8;

    /// <summary>Written when it is first asked for, which is when it leaves the node.</summary>
    [Id(0)]
    public byte[] Utf8
    {
        get => utf8 ??= JsonSerializer.SerializeToUtf8Bytes(value, value!.GetType(), Options);
        set => utf8 = value;
    }

    public static JsonWire Of<T>(T value)
        where T : class => new() { value = value };

    /// <exception cref="JsonException">The sender's version does not fit ours.</exception>
    public T Read<T>()
        where T : class => (T)(value ??= JsonSerializer.Deserialize<T>(Utf8, Options)!);

    private static JsonSerializerOptions CreateOptions()
    {
        var options = PlatformJson.Create();
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        return options;
    }
}
