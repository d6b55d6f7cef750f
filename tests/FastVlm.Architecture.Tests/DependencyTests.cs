namespace FastVlm.Architecture.Tests;

public sealed class DependencyTests
{
    [Fact]
    public void Projects_reference_only_what_the_architecture_allows()
    {
        var projects = Repository.Files(".csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal))
            .Select(path => ProjectFile.Parse(Path.GetFileNameWithoutExtension(path), Repository.Read(path))).ToArray();

        Assert.NotEmpty(projects);
        Complaints.AssertNone(DependencyRules.Violations(projects));
    }

    [Fact]
    public void Every_production_project_is_in_the_solution_and_has_a_test_project()
    {
        var solution = Repository.Read("FastVlm.Platform.sln");

        foreach (var path in Repository.Files(".csproj").Where(path => path.StartsWith("src/", StringComparison.Ordinal)))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            Assert.Contains($"{name}.csproj", solution, StringComparison.Ordinal);
            Assert.Contains($"{name}.Tests.csproj", solution, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("FastVlm.Pipeline", "FastVlm.Video", "FastVlm.Pipeline must not reference FastVlm.Video.")]
    [InlineData("FastVlm.Onnx", "FastVlm.Export", "FastVlm.Onnx must not reference FastVlm.Export.")]
    [InlineData("FastVlm.Web", "FastVlm.Storage", "FastVlm.Web must not reference FastVlm.Storage.")]
    [InlineData("FastVlm.Embedded", "FastVlm.Grains", "FastVlm.Embedded must not reference FastVlm.Grains.")]
    [InlineData("FastVlm.Grains", "FastVlm.Storage", "FastVlm.Grains must not reference FastVlm.Storage.")]
    [InlineData("FastVlm.Web", "FastVlm.Grains", "FastVlm.Web must not reference FastVlm.Grains.")]
    [InlineData("FastVlm.Silo", "FastVlm.Export", "FastVlm.Silo must not reference FastVlm.Export.")]
    public void A_forbidden_edge_is_reported(string from, string to, string complaint)
    {
        var project = ProjectFile.Parse(
            from, $"""<Project><ItemGroup><ProjectReference Include="../{to}/{to}.csproj" /></ItemGroup></Project>""");

        Assert.Equal([complaint], DependencyRules.Violations([project]));
    }

    [Theory]
    [InlineData("FastVlm.Pipeline", "Dapper")]
    [InlineData("FastVlm.Embedded", "Microsoft.Orleans.Server")]
    [InlineData("FastVlm.Storage", "Microsoft.Orleans.Persistence.AdoNet")]
    public void A_forbidden_package_is_reported(string from, string package)
    {
        var project = ProjectFile.Parse(
            from, $"""<Project><ItemGroup><PackageReference Include="{package}" /></ItemGroup></Project>""");

        Assert.Equal([$"{from} must not use the package {package}."], DependencyRules.Violations([project]));
    }
}
