using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Web.Json;

namespace FastVlm.Web.Files;

/// <summary>A configuration document as YAML text: the same document as its JSON, read by the same rules.</summary>
internal static partial class ConfigurationText
{
    public static string Write(ConfigurationDocument document) =>
        YamlWriter.Write(JsonSerializer.SerializeToNode(document, WebJson.Options)!);

    /// <param name="yaml">The parsed text.</param>
    /// <param name="environment">
    /// Gives the value of an environment variable that <c>${NAME}</c> within text stands for; null where text is taken as it
    /// is. Only for files: whoever may call the API must not read the environment.
    /// </param>
    /// <returns>A document, or the faults with their JSON paths.</returns>
    public static Prepared<ConfigurationDocument> Read(YamlText yaml, Func<string, string?>? environment)
    {
        var errors = yaml.Errors.ToList();
        if (errors.Count > 0)
        {
            return new Prepared<ConfigurationDocument>(new ConfigurationDocument(), errors);
        }

        var root = environment is null ? yaml.Root : Substitute(yaml.Root, "$", environment, errors);
        var element = JsonSerializer.SerializeToElement(root);
        errors.AddRange(JsonFaults.Find(element, typeof(ConfigurationDocument), WebJson.Options));
        return errors.Count > 0
            ? new Prepared<ConfigurationDocument>(new ConfigurationDocument(), errors)
            : new Prepared<ConfigurationDocument>(element.Deserialize<ConfigurationDocument>(WebJson.Options)!, []);
    }

    private static JsonNode? Substitute(
        JsonNode? node, string path, Func<string, string?> environment, List<SpecError> errors) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(
            member.Key, Substitute(member.Value, $"{path}.{member.Key}", environment, errors)))),
        JsonArray list => new JsonArray([.. list.Select((item, i) => Substitute(item, $"{path}[{i}]", environment, errors))]),
        JsonValue value when value.TryGetValue<string>(out var text) =>
            JsonValue.Create(Variable().Replace(text, match => ValueOf(match, path, environment, errors))),
        _ => node?.DeepClone(),
    };

    private static string ValueOf(Match match, string path, Func<string, string?> environment, List<SpecError> errors)
    {
        if (match.Value.StartsWith("$$", StringComparison.Ordinal))
        {
            return match.Value[1..];
        }

        var name = match.Groups["name"].Value;
        if (environment(name) is { } value)
        {
            return value;
        }

        errors.Add(new SpecError(path, $"The environment variable '{name}' is not set; set it, or write '$${{' for a plain '${{'."));
        return "";
    }

    [GeneratedRegex(@"\$?\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
