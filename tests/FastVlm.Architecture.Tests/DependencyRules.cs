using System.Xml.Linq;

namespace FastVlm.Architecture.Tests;

/// <summary>A project file as the dependency rules see it.</summary>
internal sealed record ProjectFile(string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public static ProjectFile Parse(string name, string xml)
    {
        var root = XElement.Parse(xml);
        return new(
            name,
            [.. Includes(root, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
            [.. Includes(root, "PackageReference")]);
    }

    private static IEnumerable<string> Includes(XElement root, string element) =>
        root.Descendants(element).Select(e => e.Attribute("Include")?.Value).OfType<string>();
}

/// <summary>Which project may know which (ARCHITECTURE.md, "Projects").</summary>
internal static class DependencyRules
{
    private const string Pipeline = "FastVlm.Pipeline";
    private const string Export = "FastVlm.Export";

    private static readonly string[] Hosts = ["FastVlm.Embedded", "FastVlm.Silo"];
    private static readonly string[] PipelinePackages = ["Microsoft.Extensions.Logging.Abstractions"];

    public static IEnumerable<string> Violations(IEnumerable<ProjectFile> projects)
    {
        foreach (var project in projects)
        {
            foreach (var reference in project.References.Where(r => !MayReference(project.Name, r)))
            {
                yield return $"{project.Name} must not reference {reference}.";
            }

            foreach (var package in project.Packages.Where(p => !MayUse(project.Name, p)))
            {
                yield return $"{project.Name} must not use the package {package}.";
            }
        }
    }

    private static bool MayReference(string from, string to) => from switch
    {
        Pipeline => false,
        _ when to == Export => from == "FastVlm.Embedded",
        _ when Hosts.Contains(from) => !Hosts.Contains(to) && (from == "FastVlm.Silo" || to != "FastVlm.Grains"),
        _ => to == Pipeline,
    };

    private static bool MayUse(string project, string package) => project switch
    {
        Pipeline => PipelinePackages.Contains(package),
        "FastVlm.Grains" or "FastVlm.Silo" => true,
        _ => !package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
    };
}
