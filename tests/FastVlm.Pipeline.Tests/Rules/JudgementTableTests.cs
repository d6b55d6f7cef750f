using System.Reflection;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

/// <summary>The table in judgements.txt.</summary>
public sealed class JudgementTableTests
{
    private const int RowsMin = 300;

    private static readonly string RepositoryRoot = typeof(JudgementTableTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static TheoryData<string, string, bool> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, bool>();
            var path = Path.Combine(RepositoryRoot, "tests/FastVlm.Pipeline.Tests/Rules/judgements.txt");
            foreach (var line in File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#'))
            {
                var fields = line.Split(" :: ");
                Assert.True(fields.Length == 3 && fields[0] is "yes" or "no", $"A row is 'yes|no :: expression :: caption', not '{line}'.");
                rows.Add(fields[1], fields[2].Replace("\\n", "\n", StringComparison.Ordinal), fields[0] == "yes");
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Says_what_a_reader_would_say(string expression, string caption, bool expected)
    {
        var parsed = RuleExpression.Parse(expression);
        Assert.Empty(parsed.Errors);
        var verdict = parsed.Expression!.Judge(caption);

        Assert.True(verdict.IsMatch == expected, verdict.Why);
        Assert.Equal(verdict.Span, verdict.Span is { } span ? caption.Substring(verdict.SpanStart, span.Length) : null);
    }

    [Fact]
    public void Has_rows_enough_and_each_once()
    {
        var keys = Rows.Select(row => (row.Data.Item1, row.Data.Item2)).ToList();

        Assert.True(keys.Count >= RowsMin, $"{keys.Count} rows");
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }
}
