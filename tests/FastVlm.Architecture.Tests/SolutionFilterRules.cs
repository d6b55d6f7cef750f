using System.Text.Json;

namespace FastVlm.Architecture.Tests;

/// <summary>FastVlm.Embedded.slnf is what is built where Orleans' packages are not to be had: everything that needs none.</summary>
internal static class SolutionFilterRules
{
    /// <param name="projects">All projects of the solution.</param>
    /// <param name="filtered">The names of those in the filter.</param>
    public static IEnumerable<string> Violations(IReadOnlyList<ProjectFile> projects, IReadOnlySet<string> filtered)
    {
        var byName = projects.ToDictionary(p => p.Name);
        foreach (var project in projects)
        {
            var needsOrleans = NeedsOrleans(project, byName);
            if (needsOrleans && filtered.Contains(project.Name))
            {
                yield return $"{project.Name} needs Orleans and must not be in FastVlm.Embedded.slnf.";
            }

            if (!needsOrleans && !filtered.Contains(project.Name))
            {
                yield return $"{project.Name} needs no Orleans and must be in FastVlm.Embedded.slnf.";
            }
        }
    }

    public static HashSet<string> ProjectsOf(string filter) =>
    [
        .. JsonDocument.Parse(filter).RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray()
            .Select(path => Path.GetFileNameWithoutExtension(path.GetString()!.Replace('\\', '/'))),
    ];

    private static bool NeedsOrleans(ProjectFile project, Dictionary<string, ProjectFile> byName) =>
        project.Packages.Any(package => package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal))
        || project.References.Any(reference => byName.TryGetValue(reference, out var next) && NeedsOrleans(next, byName));
}
