using System.Reflection;
using System.Text.RegularExpressions;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

/// <summary>The examples of docs/rules.md do what the page says.</summary>
public sealed partial class RulesPageTests
{
    public static TheoryData<string, string, bool> Examples
    {
        get
        {
            var root = typeof(RulesPageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
            var page = File.ReadAllText(Path.Combine(root, "docs/rules.md"));
            var rows = new TheoryData<string, string, bool>();
            foreach (Match row in Row().Matches(page))
            {
                // A pipe within a cell of a table is escaped.
                var expression = row.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal);
                rows.Add(expression, row.Groups[2].Value, row.Groups[3].Value == "yes");
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_does_what_the_page_says(string expression, string caption, bool expected)
    {
        var verdict = RuleExpression.Parse(expression).Expression!.Judge(caption);

        Assert.True(verdict.IsMatch == expected, verdict.Why);
    }

    [Fact]
    public void The_page_has_its_examples() => Assert.InRange(Examples.Count, 35, 200);

    [GeneratedRegex(@"^\| `(.+)` \| (.+) \| (yes|no) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
