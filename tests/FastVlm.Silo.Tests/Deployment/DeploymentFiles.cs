using System.Reflection;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace FastVlm.Silo.Tests.Deployment;

/// <summary>The files that bring the platform to machines.</summary>
internal static class DeploymentFiles
{
    public static readonly string[] Compose =
        ["docker-compose.yml", "docker-compose.override.yml", "deploy/compose.host.yml", "deploy/compose.cuda.yml"];

    public static readonly string[] Dockerfiles = ["deploy/Dockerfile", "deploy/Dockerfile.cuda"];

    public static readonly string[] Systemd = ["deploy/systemd/fastvlm-silo.service", "deploy/systemd/silo.env"];

    public static string Root { get; } = typeof(DeploymentFiles).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    public static string[] Kubernetes { get; } = In("deploy/kubernetes", "*.yaml");

    public static string[] Boards { get; } = In("dashboards", "*.json");

    /// <summary>Everything that sets options of the program.</summary>
    public static string[] WithOptions { get; } =
        [.. Compose, .. Dockerfiles, .. Systemd, .. Kubernetes, "deploy/compose.env.example"];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The documents of a YAML file, merge keys resolved.</summary>
    public static IReadOnlyList<YamlPart> Yaml(string path) => [.. Read(path).Split("\n---\n").Select(YamlPart.Parse)];

    /// <summary>The containers of docker-compose.yml by name.</summary>
    public static IReadOnlyDictionary<string, YamlPart> Services(string path) => Yaml(path).Single()["services"].Entries;

    private static string[] In(string folder, string pattern) =>
    [
        .. Directory.GetFiles(Path.Combine(Root, folder), pattern)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];
}

/// <summary>A part of a YAML document: a mapping, a list, a text, or nothing.</summary>
internal readonly record struct YamlPart(object? Value)
{
    public YamlPart this[string key] =>
        new(Value is Dictionary<object, object> map && map.TryGetValue(key, out var value) ? value : null);

    public bool Exists => Value is not null;

    public string Text => Value as string ?? "";

    public IEnumerable<YamlPart> Items => Value is List<object> list ? list.Select(item => new YamlPart(item)) : [];

    public IReadOnlyDictionary<string, YamlPart> Entries => Value is Dictionary<object, object> map
        ? map.ToDictionary(entry => (string)entry.Key, entry => new YamlPart(entry.Value))
        : new Dictionary<string, YamlPart>();

    public static YamlPart Parse(string text) =>
        new(new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(text)))));

    /// <summary>Every part below, with the key that it has, or "" in a list.</summary>
    public IEnumerable<(string Key, YamlPart Part)> Walk()
    {
        foreach (var (key, part) in Entries.Select(entry => (entry.Key, entry.Value)).Concat(Items.Select(item => ("", item))))
        {
            yield return (key, part);
            foreach (var below in part.Walk())
            {
                yield return below;
            }
        }
    }
}
