using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Live;

namespace FastVlm.Grains.Live;

/// <summary>
/// Live events as UTF-8 JSON. Nodes of two versions share a cluster during an update, so a reader skips members and events
/// that it does not know, and events that it cannot read.
/// </summary>
public static class LiveEventCodec
{
    private static readonly JsonSerializerOptions Options = CreateOptions();

    private static readonly Dictionary<Type, string> Kinds = typeof(LiveEvent).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToDictionary(a => a.DerivedType, a => (string)a.TypeDiscriminator!);

    private static readonly HashSet<string> Known = [.. Kinds.Values];

    /// <summary>The event's kind as JSON and counters name it, e.g. "caption".</summary>
    public static string KindOf(LiveEvent liveEvent)
    {
        ArgumentNullException.ThrowIfNull(liveEvent);
        return Kinds[liveEvent.GetType()];
    }

    public static byte[] Encode(IReadOnlyList<LiveEvent> events) => JsonSerializer.SerializeToUtf8Bytes(events, Options);

    public static DecodedEvents Decode(ReadOnlyMemory<byte> json)
    {
        var events = new List<LiveEvent>();
        var skipped = 0;
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var element in document.RootElement.EnumerateArray())
            {
                if (Read(element) is { } read)
                {
                    events.Add(read);
                }
                else
                {
                    skipped++;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            skipped++;
        }

        return new DecodedEvents(events, skipped);
    }

    private static LiveEvent? Read(JsonElement element)
    {
        if (!element.TryGetProperty("type", out var type) || type.GetString() is not { } kind || !Known.Contains(kind))
        {
            return null;
        }

        try
        {
            return element.Deserialize<LiveEvent>(Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = PlatformJson.Create();
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        options.AllowOutOfOrderMetadataProperties = true;
        return options;
    }
}

/// <summary>What could be read of a batch.</summary>
/// <param name="Events">In order.</param>
/// <param name="Skipped">Events of a kind or shape that this version does not know.</param>
public sealed record DecodedEvents(IReadOnlyList<LiveEvent> Events, int Skipped);
