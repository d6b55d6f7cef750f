namespace FastVlm.Architecture.Tests;

public sealed class TidyTests
{
    [Fact]
    public void Source_files_are_tidy()
    {
        var complaints = Repository.Files(".cs", ".py", ".mjs", ".ts", ".tsx", ".sh")
            .SelectMany(path => TidyRules.Violations(path, Repository.Read(path)));

        Complaints.AssertNone(complaints);
    }

    [Fact]
    public void No_file_names_a_path_of_the_machine_it_was_written_on()
    {
        string[] machinePaths = ["/wo" + "rk/", "/ro" + "ot/"];

        string[] endings = [".cs", ".py", ".mjs", ".ts", ".tsx", ".sh", ".md", ".json", ".props", ".targets", ".csproj", ".yml"];

        var complaints = Repository.Files(endings)
            .Where(path => machinePaths.Any(p => Repository.Read(path).Contains(p, StringComparison.Ordinal)));

        Complaints.AssertNone(complaints);
    }

    [Theory]
    [InlineData("// TO" + "DO later\n", "a.cs:1: unfinished work belongs into an issue.")]
    [InlineData("\tvar x;\n", "a.cs:1: a tab.")]
    [InlineData("try { }\ncatch (IOException)\n{\n}\n", "a.cs:2: an empty catch.")]
    public void Untidy_lines_are_reported(string text, string complaint) =>
        Assert.Contains(complaint, TidyRules.Violations("a.cs", text));

    [Fact]
    public void A_long_method_is_reported()
    {
        var text = "class A\n{\n    void M()\n    {\n" + string.Concat(Enumerable.Repeat("        x();\n", 71)) + "    }\n}\n";

        Assert.Equal(["a.cs:3: a method of 71 lines (at most 70)."], TidyRules.Violations("a.cs", text));
    }

    [Fact]
    public void A_long_file_is_reported() =>
        Assert.Equal(["a.cs: 401 lines (at most 400)."], TidyRules.Violations("a.cs", string.Concat(Enumerable.Repeat("x\n", 401))));
}
