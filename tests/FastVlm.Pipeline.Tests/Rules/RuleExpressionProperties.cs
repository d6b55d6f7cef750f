using FastVlm.Pipeline.Rules;
using FsCheck;
using FsCheck.Fluent;

namespace FastVlm.Pipeline.Tests.Rules;

/// <summary>What holds for every expression and every caption.</summary>
public sealed class RuleExpressionProperties
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(1000).WithReplay(20260101, 7);

    private static readonly Gen<string> Terms = Gen.Elements(
        "part dropped", "smoke", "no helmet", "belt not moving", "person without helmet", "\"no smoke\"",
        "\"say \\\"stop\\\"\"", "/\\d+ parts?/",
        "/a\\/b/", "Box Open", "lights off", "3 boxes");

    private static readonly Gen<string> Words = Gen.Elements(
        "part", "parts", "dropped", "drops", "smoke", "no", "not", "a", "the", "is", "belt", "moving", "person", "without",
        "helmet", "box", "open", ",", ".", "and", "or", "but", "there", "lights", "off", "3", "boxes", "never", "if", "?", ":",
        "visible", "-", "say \"stop\"");

    private static readonly Gen<string> Captions =
        from words in Words.ListOf()
        from tail in Gen.Elements("", ".", "!", " …")
        select string.Join(' ', words) + tail;

    [Fact]
    public void The_normal_form_parses_to_the_same() => Check.One(Settings, Prop.ForAll(
        Expressions(4).ToArbitrary(),
        Captions.ToArbitrary(),
        (text, caption) =>
        {
            var first = Parse(text);
            var second = Parse(first.ToString());
            return second.ToString() == first.ToString() && second.Judge(caption) == first.Judge(caption);
        }));

    [Fact]
    public void Any_text_is_an_expression_or_has_faults_within_it() => Check.One(Settings, Prop.ForAll(
        Gen.OneOf(ArbMap.Default.GeneratorFor<string>().Where(text => text is not null), Damaged()).ToArbitrary(),
        text =>
        {
            var parsed = RuleExpression.Parse(text);
            return parsed.IsValid == (parsed.Errors.Count == 0)
                && parsed.Errors.All(error => error.Position >= 0 && error.Position <= text.Length)
                && parsed.Errors.Select(error => error.Position).SequenceEqual(parsed.Errors.Select(error => error.Position).Order());
        }));

    [Fact]
    public void De_Morgan_holds() => Check.One(Settings, Prop.ForAll(
        Expressions(2).ToArbitrary(),
        Expressions(2).ToArbitrary(),
        Captions.ToArbitrary(),
        (a, b, caption) =>
            Matches($"not (({a}) and ({b}))", caption) == Matches($"not ({a}) or not ({b})", caption)
            && Matches($"not (({a}) or ({b}))", caption) == Matches($"not ({a}) and not ({b})", caption)));

    [Fact]
    public void Order_and_doubled_denials_do_not_matter() => Check.One(Settings, Prop.ForAll(
        Expressions(2).ToArbitrary(),
        Expressions(2).ToArbitrary(),
        Captions.ToArbitrary(),
        (a, b, caption) =>
            Matches($"({a}) and ({b})", caption) == Matches($"({b}) and ({a})", caption)
            && Matches($"({a}) or ({b})", caption) == Matches($"({b}) or ({a})", caption)
            && Matches($"not not ({a})", caption) == Matches(a, caption)));

    [Fact]
    public void A_term_and_its_denial_exclude_each_other() => Check.One(Settings, Prop.ForAll(
        Expressions(3).ToArbitrary(),
        Captions.ToArbitrary(),
        (text, caption) =>
            caption.Any(char.IsLetterOrDigit)
                ? Matches(text, caption) != Matches($"not ({text})", caption)
                : !Matches(text, caption) && !Matches($"not ({text})", caption)));

    [Fact]
    public void The_span_is_part_of_the_caption_and_every_verdict_says_why() => Check.One(Settings, Prop.ForAll(
        Expressions(3).ToArbitrary(),
        Captions.ToArbitrary(),
        (text, caption) =>
        {
            var verdict = Parse(text).Judge(caption);
            return verdict.Why.Length > 1
                && (verdict.Span is null
                    ? verdict.SpanStart == -1
                    : verdict.IsMatch && caption.AsSpan(verdict.SpanStart).StartsWith(verdict.Span));
        }));

    private static Gen<string> Expressions(int depth) => depth == 0
        ? Terms
        : Gen.OneOf(
            Terms,
            from inner in Expressions(depth - 1) select $"not ({inner})",
            from inner in Expressions(depth - 1) select $"(  {inner})",
            from left in Expressions(depth - 1) from right in Expressions(depth - 1) select $"({left}) AND {right}",
            from left in Expressions(depth - 1) from right in Expressions(depth - 1) select $"{left} or ({right})");

    /// <summary>An expression with a piece cut out or a sign put in.</summary>
    private static Gen<string> Damaged() =>
        from text in Expressions(3)
        from at in Gen.Choose(0, text.Length)
        from length in Gen.Choose(0, text.Length - at)
        from sign in Gen.Elements("", "(", ")", "\"", "/", " and ", " not ", "&", "\\")
        select text.Remove(at, length).Insert(at, sign);

    private static bool Matches(string text, string caption) => Parse(text).Judge(caption).IsMatch;

    private static RuleExpression Parse(string text) =>
        RuleExpression.Parse(text).Expression ?? throw new ArgumentException($"'{text}' should be an expression.", nameof(text));
}
