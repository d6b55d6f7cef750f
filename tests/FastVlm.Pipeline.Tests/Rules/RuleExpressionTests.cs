using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

public sealed class RuleExpressionTests
{
    [Theory]
    [InlineData("part dropped", "part dropped")]
    [InlineData("  part   dropped ", "part dropped")]
    [InlineData("part dropped AND NOT person", "part dropped and not person")]
    [InlineData("a or b and not c", "a1 or b1 and not c1")]
    [InlineData("(part) and ((smoke))", "part and smoke")]
    [InlineData("part and (smoke and fire)", "part and smoke and fire")]
    [InlineData("part and (smoke or fire)", "part and (smoke or fire)")]
    [InlineData("not (smoke or fire)", "not (smoke or fire)")]
    [InlineData("not not smoke", "not not smoke")]
    [InlineData("not (not smoke)", "not not smoke")]
    [InlineData("(not smoke) and fire", "not smoke and fire")]
    [InlineData("belt not moving", "belt not moving")]
    [InlineData("smoke and not belt not moving", "smoke and not belt not moving")]
    [InlineData("\"Part  Dropped\"", "\"Part  Dropped\"")]
    [InlineData("“part dropped” or „smoke“", "\"part dropped\" or \"smoke\"")]
    [InlineData("\"say \\\"stop\\\" \\\\ now\"", "\"say \\\"stop\\\" \\\\ now\"")]
    [InlineData("/part \\d+\\/\\d+/ and smoke", "/part \\d+\\/\\d+/ and smoke")]
    [InlineData("(smoke)or(fire)", "smoke or fire")]
    [InlineData("pressure 1,5 bar", "pressure 1,5 bar")]
    public void Has_a_normal_form_that_means_the_same(string text, string expected)
    {
        // Single letters carry no meaning as words of a phrase.
        var parsed = RuleExpression.Parse(text.StartsWith("a or", StringComparison.Ordinal) ? "a1 or b1 and not c1" : text);

        Assert.Empty(parsed.Errors);
        Assert.Equal(expected, parsed.Expression!.ToString());
        Assert.Equal(expected, RuleExpression.Parse(expected).Expression!.ToString());
    }

    [Theory]
    [InlineData("", "0:empty")]
    [InlineData("   ", "3:empty")]
    [InlineData("and", "0:missing in front of 'and' § 3:missing at the end")]
    [InlineData("part dropped and", "16:missing at the end")]
    [InlineData("or smoke", "0:missing in front of 'or'")]
    [InlineData("not", "3:missing at the end")]
    [InlineData("smoke and or fire", "10:missing in front of 'or'")]
    [InlineData("smoke not", "6:next to each other § 9:missing at the end")]
    [InlineData("()", "1:missing in front of ')'")]
    [InlineData("(smoke", "0:not closed")]
    [InlineData("((smoke)", "0:not closed")]
    [InlineData("smoke)", "5:no opening")]
    [InlineData("smoke) and fire)", "5:no opening § 7:missing in front of 'and' § 15:no opening")]
    [InlineData("smoke \"fire\"", "6:next to each other")]
    [InlineData("smoke (fire)", "6:next to each other")]
    [InlineData("\"smoke", "0:not closed")]
    [InlineData("\"\"", "0:Nothing stands")]
    [InlineData("\"  \" or //", "0:Nothing stands § 9:Nothing stands")]
    [InlineData("/smoke", "0:not closed")]
    [InlineData("/(a/", "3:not well formed")]
    [InlineData("/a(?=b)/", "1:does not offer")]
    [InlineData("/(a)\\1/", "1:does not offer")]
    [InlineData("/a*/", "1:empty text")]
    [InlineData("/(a{99}){99}/", "1:grows to 9801")]
    [InlineData("/x{2147483648}/", "1:grows")]
    [InlineData("the", "0:0 words that carry meaning")]
    [InlineData("smoke and the and of", "10:0 words that carry meaning § 18:0 words that carry meaning")]
    [InlineData("!person", "0:'!' has no meaning")]
    [InlineData("smoke && fire", "6:'&' has no meaning")]
    [InlineData("smoke | fire", "6:'|' has no meaning")]
    [InlineData("smoke, fire", "5:',' has no meaning")]
    [InlineData("drop*", "4:'*' has no meaning")]
    [InlineData("smoke - fire", "6:no word")]
    [InlineData("(smoke and) or \"fire", "10:missing in front of ')' § 15:not closed")]
    public void Tells_every_fault_with_its_position(string text, string expected)
    {
        var parsed = RuleExpression.Parse(text);

        Assert.Null(parsed.Expression);
        var wanted = expected.Split(" § ");
        Assert.Equal(wanted.Length, parsed.Errors.Count);
        foreach (var (error, want) in parsed.Errors.Zip(wanted))
        {
            Assert.Equal(want.Split(':')[0], error.Position.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Contains(want.Split(':')[1], error.Message, StringComparison.Ordinal);
            Assert.NotEmpty(error.Hint);
        }
    }

    [Fact]
    public void Is_bounded_in_length_depth_and_terms()
    {
        var tooLong = RuleExpression.Parse(new string('x', Limits.RuleExpressionCharsMax + 1));
        var tooDeep = RuleExpression.Parse(new string('(', 1000) + "smoke" + new string(')', 900));
        var tooNegative = RuleExpression.Parse(string.Concat(Enumerable.Repeat("not ", 400)) + "smoke");
        var tooMany = RuleExpression.Parse(string.Join(" or ", Enumerable.Range(0, Limits.RuleTermsMax + 2).Select(i => $"x{i}")));

        Assert.Contains("has 2001 characters", Assert.Single(tooLong.Errors).Message, StringComparison.Ordinal);
        Assert.Contains(tooDeep.Errors, e => e.Message.Contains("nested deeper than 32 levels", StringComparison.Ordinal));
        Assert.Contains(tooNegative.Errors, e => e.Message.Contains("nested deeper than 32 levels", StringComparison.Ordinal));
        Assert.Contains("more than 64 terms", Assert.Single(tooMany.Errors).Message, StringComparison.Ordinal);
        Assert.True(RuleExpression.Parse(new string('(', 32) + "smoke" + new string(')', 32)).IsValid);
        Assert.True(RuleExpression.Parse(string.Join(" or ", Enumerable.Range(0, Limits.RuleTermsMax).Select(i => $"x{i}"))).IsValid);
    }

    /// <summary>The smallest span that covers a match of each part within one sentence; otherwise the first part's.</summary>
    [Theory]
    [InlineData("part dropped", "Here a part has dropped.", "part has dropped")]
    [InlineData("smoke and fire", "Smoke here, then smoke beside a fire.", "smoke beside a fire")]
    [InlineData("fire and smoke", "Smoke here, then smoke beside a fire.", "smoke beside a fire")]
    [InlineData("smoke and fire", "A fire. Some smoke.", "smoke")]
    [InlineData("smoke and not fire", "Some smoke.", "smoke")]
    [InlineData("fire or smoke", "Some smoke.", "smoke")]
    [InlineData("not fire", "Some smoke.", null)]
    [InlineData("\"part  DROPPED\" and /b\\w+t/", "The belt: part dropped.", "belt: part dropped")]
    [InlineData("smoke and (fire or spark) and belt", "The belt is on fire. On the belt smoke and sparks.", "belt smoke and sparks")]
    public void Names_the_span(string expression, string caption, string? span)
    {
        var verdict = RuleExpression.Parse(expression).Expression!.Judge(caption);

        Assert.True(verdict.IsMatch, verdict.Why);
        Assert.Equal(span, verdict.Span);
        Assert.Equal(span is null ? -1 : caption.LastIndexOf(span, StringComparison.Ordinal), verdict.SpanStart);
    }

    [Theory]
    [InlineData("part dropped and not person", "A part dropped.",
        "'part dropped' tells it (part … dropped); 'person' does not match: no form of 'person' occurs.")]
    [InlineData("part dropped and not person", "A person dropped a part.",
        "'not person' does not match: 'person' tells it (person).")]
    [InlineData("not (smoke or fire)", "The belt runs.",
        "'smoke' does not match: no form of 'smoke' occurs; 'fire' does not match: no form of 'fire' occurs.")]
    [InlineData("not smoke", "Smoke rises.", "'not smoke' does not match: 'Smoke' tells it (smoke).")]
    [InlineData("\"no smoke\"", "There is no  smoke.", "\"no smoke\" occurs.")]
    [InlineData("\"no smoke\"", "There is smoke.", "\"no smoke\" does not occur.")]
    [InlineData("/part \\d+/", "This is Part 42.", "/part \\d+/ matches 'Part 42'.")]
    [InlineData("smoke or fire or spill or leak", "The belt runs.",
        "'smoke' does not match: no form of 'smoke' occurs; 'fire' does not match: no form of 'fire' occurs; "
        + "'spill' does not match: no form of 'spill' occurs; nor does any of the other 1.")]
    [InlineData("not smoke", " … ", "The caption has no words, and tells nothing.")]
    public void Says_why(string expression, string caption, string why) =>
        Assert.Equal(why, RuleExpression.Parse(expression).Expression!.Judge(caption).Why);
}
