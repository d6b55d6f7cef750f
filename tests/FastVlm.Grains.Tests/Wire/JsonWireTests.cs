using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FastVlm.Grains.Wire;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Grains.Tests.Wire;

/// <summary>The pipeline's values on their way between nodes of two versions.</summary>
public sealed class JsonWireTests
{
    public static TheoryData<string> Names => [.. WireSamples.Json.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_first_version_wrote_is_read(string name) =>
        Assert.Equal(Text(WireSamples.Json[name]), Text(Read(name, WireFiles.Read("v1", $"{name}.json"))));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_member_that_is_not_known_is_passed_over(string name)
    {
        var json = Parse(name);
        json["aMemberOfANextVersion"] = new JsonObject { ["deep"] = 1 };
        foreach (var inner in json.Select(member => member.Value).OfType<JsonObject>())
        {
            inner["another"] = JsonValue.Create("x");
        }

        // Dictionaries by id have no members that could be unknown.
        (json["answers"] as JsonObject)?.Remove("another");

        Assert.Equal(Text(WireSamples.Json[name]), Text(Read(name, JsonSerializer.SerializeToUtf8Bytes(json))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_member_that_is_not_there_has_its_default(string name)
    {
        var type = WireSamples.Json[name].GetType();
        var options = new JsonSerializerOptions(PlatformJson.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        var optional = options.GetTypeInfo(type).Properties
            .Where(property => property is { IsRequired: false, Set: not null }).Select(property => property.Name).ToList();
        var json = Parse(name);
        optional.ForEach(member => json.Remove(member));

        var read = JsonSerializer.SerializeToNode(Read(name, JsonSerializer.SerializeToUtf8Bytes(json)), type, PlatformJson.Options)!;

        Assert.All(json, member => Assert.Equal(member.Value?.ToJsonString(), read[member.Key]?.ToJsonString()));
    }

    [Fact]
    public void On_one_node_nothing_is_written()
    {
        Assert.Same(WireSamples.Incident, JsonWire.Of(WireSamples.Incident).Read<Pipeline.Incidents.Incident>());
    }

    [Fact]
    public void What_a_reader_needs_and_does_not_get_is_an_error_and_no_guess()
    {
        var json = Parse(nameof(Pipeline.Incidents.Incident));
        json.Remove("title");
        var wire = new JsonWire { Utf8 = JsonSerializer.SerializeToUtf8Bytes(json) };

        Assert.Throws<JsonException>(() => wire.Read<Pipeline.Incidents.Incident>());
    }

    private static JsonObject Parse(string name) => JsonNode.Parse(WireFiles.Read("v1", $"{name}.json"))!.AsObject();

    private static object Read(string name, byte[] utf8)
    {
        var read = typeof(JsonWire).GetMethod(nameof(JsonWire.Read))!.MakeGenericMethod(WireSamples.Json[name].GetType());
        return read.Invoke(new JsonWire { Utf8 = utf8 }, null)!;
    }

    private static string Text(object value) => JsonSerializer.Serialize(value, value.GetType(), PlatformJson.Options);
}
