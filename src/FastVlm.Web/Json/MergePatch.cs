using System.Text.Json.Nodes;

namespace FastVlm.Web.Json;

/// <summary>JSON merge patch (RFC 7396): objects merge, null removes, everything else replaces.</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target is JsonObject existing ? (JsonObject)existing.DeepClone() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = Apply(merged[name], value);
            }
        }

        return merged;
    }
}
