using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Web.Json;

/// <summary>
/// Finds every place where JSON does not fit a type: unknown and missing properties, wrong types, null where something must
/// be. The deserialiser would stop at the first, and speak of .NET types. Says nothing of values that are secrets.
/// </summary>
internal sealed class JsonFaults
{
    private readonly JsonSerializerOptions options;
    private readonly List<SpecError> errors = [];

    private JsonFaults(JsonSerializerOptions options) => this.options = options;

    public static IReadOnlyList<SpecError> Find(JsonElement element, Type type, JsonSerializerOptions options)
    {
        var faults = new JsonFaults(options);
        faults.Visit(element, type, isNullable: false, "$");
        return faults.errors;
    }

    private void Visit(JsonElement element, Type type, bool isNullable, string path)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            if (!isNullable && Nullable.GetUnderlyingType(type) is null)
            {
                Add(path, $"null is not allowed here; give {Expected.Of(type)}, or leave it out.");
            }

            return;
        }

        var info = options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object:
                VisitObject(element, info, path);
                break;
            case JsonTypeInfoKind.Enumerable:
                VisitArray(element, info, path);
                break;
            default:
                VisitLeaf(element, info, path);
                break;
        }
    }

    private void VisitObject(JsonElement element, JsonTypeInfo info, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Add(path, $"Here stands {Expected.Kind(element)}; give an object.");
            return;
        }

        var members = info.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null).ToArray();
        foreach (var given in element.EnumerateObject())
        {
            var member = Array.Find(members, property => property.Name == given.Name);
            if (member is null)
            {
                Add($"{path}.{given.Name}", $"There is no property '{given.Name}' here; {Suggestion(given.Name, members)}");
            }
            else
            {
                Visit(given.Value, member.PropertyType, member.IsSetNullable, $"{path}.{given.Name}");
            }
        }

        foreach (var member in members.Where(IsRequired).Where(member => !element.TryGetProperty(member.Name, out _)))
        {
            Add($"{path}.{member.Name}", $"The property '{member.Name}' is missing; give {Expected.Of(member.PropertyType)}.");
        }
    }

    private void VisitArray(JsonElement element, JsonTypeInfo info, string path)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            Add(path, $"Here stands {Expected.Kind(element)}; give a list in brackets.");
            return;
        }

        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            Visit(item, info.ElementType!, isNullable: false, $"{path}[{index++}]");
        }
    }

    private void VisitLeaf(JsonElement element, JsonTypeInfo info, string path)
    {
        try
        {
            element.Deserialize(info);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            Add(path, $"{Expected.Quote(element, info.Type)} does not fit here; give {Expected.Of(info.Type)}.");
        }
    }

    private void Add(string path, string message) => errors.Add(new SpecError(path, message));

    private static bool IsRequired(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false };

    private static string Suggestion(string name, JsonPropertyInfo[] members)
    {
        var names = members.Select(member => member.Name).Order(StringComparer.Ordinal).ToArray();
        var nearest = names.MinBy(candidate => EditDistance.Between(candidate, name));
        return nearest is not null && EditDistance.Between(nearest, name) <= Math.Max(2, name.Length / 3)
            ? $"did you mean '{nearest}'?"
            : $"known are {string.Join(", ", names)}.";
    }
}
