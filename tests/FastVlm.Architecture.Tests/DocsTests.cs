using System.Text.RegularExpressions;

namespace FastVlm.Architecture.Tests;

public sealed partial class DocsTests
{
    [Fact]
    public void Every_relative_link_in_the_documents_leads_to_a_file()
    {
        var documents = Repository.Files(".md").ToArray();

        Assert.Contains("README.md", documents);
        Complaints.AssertNone(documents.SelectMany(path => BrokenLinks(path, Repository.Read(path))));
    }

    [Fact]
    public void A_broken_link_is_reported() =>
        Assert.Equal(
            ["README.md: 'docs/no-such-page.md' does not exist."],
            BrokenLinks("README.md", "see [that page](docs/no-such-page.md#top) and [the web](https://example.org)"));

    private static IEnumerable<string> BrokenLinks(string path, string text) =>
        Link().Matches(text).Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Select(target => target.Split('#')[0])
            .Where(target => !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, target)))
            .Select(target => $"{path}: '{target}' does not exist.");

    [GeneratedRegex(@"\]\(([^)\s]+)\)|src=""([^""]+)""")]
    private static partial Regex Link();
}
