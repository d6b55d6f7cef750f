namespace FastVlm.Architecture.Tests;

public sealed class SolutionFilterTests
{
    [Fact]
    public void The_embedded_solution_is_everything_that_needs_no_Orleans()
    {
        var projects = Repository.Files(".csproj")
            .Select(path => ProjectFile.Parse(Path.GetFileNameWithoutExtension(path), Repository.Read(path))).ToArray();
        var solution = Repository.Read("FastVlm.Platform.sln");

        Assert.All(projects, project => Assert.Contains($"{project.Name}.csproj", solution, StringComparison.Ordinal));
        Complaints.AssertNone(
            SolutionFilterRules.Violations(projects, SolutionFilterRules.ProjectsOf(Repository.Read("FastVlm.Embedded.slnf"))));
    }

    [Fact]
    public void A_project_on_the_wrong_side_is_reported()
    {
        ProjectFile[] projects =
        [
            new("FastVlm.Pipeline", [], []),
            new("FastVlm.Grains", ["FastVlm.Pipeline"], ["Microsoft.Orleans.Server"]),
            new("FastVlm.Grains.Tests", ["FastVlm.Grains"], []),
        ];

        Assert.Equal(
            [
                "FastVlm.Pipeline needs no Orleans and must be in FastVlm.Embedded.slnf.",
                "FastVlm.Grains.Tests needs Orleans and must not be in FastVlm.Embedded.slnf.",
            ],
            SolutionFilterRules.Violations(projects, new HashSet<string> { "FastVlm.Grains.Tests" }));
    }
}
