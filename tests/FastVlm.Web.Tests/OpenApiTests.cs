using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;

namespace FastVlm.Web.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_route_is_described_with_summary_name_and_answers()
    {
        await using var web = await WebFixture.StartAsync();
        var paths = (await web.GetAsync("/openapi/v1.json")).Body!["paths"]!.AsObject();

        var routes = web.Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (method, route)))
            .ToArray();

        Assert.True(routes.Length > 40, $"{routes.Length} routes");
        foreach (var (method, route) in routes)
        {
            var path = route.RoutePattern.RawText!.Replace(":int", "", StringComparison.Ordinal).TrimEnd('/');
            var operation = paths[path]?[method.ToLowerInvariant()];
            Assert.True(operation is not null, $"{method} {path} is not described");
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), $"{method} {path} has no summary");
            Assert.False(string.IsNullOrEmpty((string?)operation["operationId"]), $"{method} {path} has no name");
            Assert.Contains(operation["responses"]!.AsObject(), response => response.Key.StartsWith('2'));
        }
    }

    [Fact]
    public async Task No_part_of_a_schema_is_left_open()
    {
        await using var web = await WebFixture.StartAsync();
        var document = (await web.GetAsync("/openapi/v1.json")).Body!;
        var schemas = document["components"]!["schemas"]!.AsObject();

        foreach (var (name, schema) in schemas)
        {
            AssertNotOpen(schema!, name);
        }

        foreach (var reference in ReferencesIn(document))
        {
            Assert.True(schemas.ContainsKey(reference["#/components/schemas/".Length..]), $"{reference} leads nowhere");
        }
    }

    [Fact]
    public async Task Ids_are_text_durations_numbers_and_secrets_are_only_written()
    {
        await using var web = await WebFixture.StartAsync();
        var schemas = (await web.GetAsync("/openapi/v1.json")).Body!["components"]!["schemas"]!;

        Assert.Equal("string", TypeOf(schemas["CameraView"]!["properties"]!["id"]!, schemas));
        Assert.Equal("number", TypeOf(schemas["SamplingSpec"]!["properties"]!["preRollSeconds"]!, schemas));
        Assert.Equal("string", TypeOf(schemas["CameraSpec"]!["properties"]!["url"]!, schemas));
        var password = Resolve(schemas["CameraCredentials"]!["properties"]!["password"]!, schemas);
        Assert.Equal("string", (string?)password["type"]);
        Assert.True((bool?)password["writeOnly"]);
        Assert.Contains("errors", schemas["ApiProblem"]!["properties"]!.AsObject().Select(property => property.Key));
    }

    private static void AssertNotOpen(JsonNode schema, string where)
    {
        string[] says = ["type", "$ref", "enum", "anyOf", "oneOf", "allOf"];
        Assert.True(schema is JsonObject members && says.Any(members.ContainsKey), $"{where} says nothing: {schema.ToJsonString()}");
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            AssertNotOpen(property!, $"{where}.{name}");
        }

        if (schema["items"] is { } items)
        {
            AssertNotOpen(items, $"{where}[]");
        }

        if (schema["additionalProperties"] is JsonObject values)
        {
            AssertNotOpen(values, $"{where}{{}}");
        }
    }

    private static IEnumerable<string> ReferencesIn(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member =>
            member.Key == "$ref" ? [(string)member.Value!] : ReferencesIn(member.Value)),
        JsonArray items => items.SelectMany(ReferencesIn),
        _ => [],
    };

    private static JsonNode Resolve(JsonNode schema, JsonNode schemas) =>
        (string?)schema["$ref"] is { } reference ? schemas[reference["#/components/schemas/".Length..]]! : schema;

    private static string? TypeOf(JsonNode schema, JsonNode schemas) => (string?)Resolve(schema, schemas)["type"];
}
