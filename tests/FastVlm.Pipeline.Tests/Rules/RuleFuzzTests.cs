using System.Diagnostics;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Tests.Rules;

/// <summary>A million inputs that nobody would write: none may crash, none may cost more than its length allows.</summary>
public sealed class RuleFuzzTests
{
    private const int Chunks = 50;
    private const int ExpressionsPerChunk = 10_000;
    private const int CaptionsPerChunk = 10_000;

    // Allocation is a measure of work that does not depend on the machine; the time is there for loops that allocate nothing.
    private const long BytesPerChar = 10_000;
    private const long BytesAtLeast = 1_000_000;

    // A regular expression is made ready once, with tables for each of its characters in either case.
    private const long BytesPerCharOfPattern = 500_000;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);

    private static readonly string[] Expressions =
    [
        "part dropped", "part dropped and not person", "belt not moving or \"no smoke\"", "not (smoke or fire) and box open",
        "/part \\d+/ or /(a|b)+c/", "part part dropped dropped", "person without helmet near red box open door",
        "\"a\" or \"part  dropped\"", "part dropped and box open and smoke",
    ];

    private static readonly string[] Captions =
    [
        "No smoke, sparks or dropped parts are visible.", "The worker, who is not wearing a helmet, dropped a part.",
        "Is there a dropped part? Yes, near the guide.", "{\"smoke\": true, \"part_dropped\": false}",
        "1. Belt running\n2. Part 17 dropped\n3. No person", "A dropped part can't be seen – nobody’s there; if a part drops, stop.",
        "The red box on the left side of the long belt is open and it isn't moving.",
    ];

    private static readonly string[] Pieces =
    [
        "part", "dropped", "no ", "not ", " and ", " or ", ", ", ". ", "? ", ": no", "isn't ", "(", ")", "\"", "/", "\\", "without ", "if ",
        "{2}", "*", "[a-", "…", "’", "\n", "\0", "\ud83d", "İ", "ß", " ", "-", "smoke-free", "about to ", "free of ", "\"\"", "//",
        "not not ",
    ];

    [Fact]
    public void A_million_damaged_expressions_and_captions_do_no_harm()
    {
        var rules = Expressions.Select(text => RuleExpression.Parse(text).Expression!).ToArray();

        Parallel.For(0, 2 * Chunks, chunk =>
        {
            var random = new Random(chunk);
            if (chunk < Chunks)
            {
                FuzzExpressions(random);
            }
            else
            {
                FuzzCaptions(random, rules);
            }
        });
    }

    /// <summary>Captions of a model that goes round in circles, as long as a caption may be.</summary>
    [Theory]
    [InlineData("part dropped ")]
    [InlineData("no part dropped ")]
    [InlineData("part ")]
    [InlineData("dropped dropped part part ")]
    [InlineData(", ")]
    [InlineData("no , ")]
    [InlineData("not visible ")]
    [InlineData("no part not visible ")]
    [InlineData("the the the part ")]
    [InlineData("part: no ")]
    [InlineData("a ")]
    [InlineData("part the dropped the ")]
    [InlineData("part and ")]
    [InlineData("if part or dropped , ")]
    [InlineData("? ")]
    [InlineData("part? ")]
    [InlineData("a part 1 ab abab")]
    [InlineData("no person without helmet near red box open door ")]
    public void A_caption_without_end_costs_no_more_than_its_length(string piece)
    {
        var caption = string.Concat(Enumerable.Repeat(piece, (Limits.RuleTextCharsMax / piece.Length) + 1));

        foreach (var text in Expressions)
        {
            var rule = RuleExpression.Parse(text).Expression!;
            Bounded((caption.Length, BytesPerChar), $"'{text}' on '{piece}…'", () => rule.Judge(caption));
        }
    }

    private static void FuzzExpressions(Random random)
    {
        for (var i = 0; i < ExpressionsPerChunk; i++)
        {
            var text = Damage(random, Expressions[random.Next(Expressions.Length)]);
            Bounded((text.Length, BytesPerCharOfPattern), text, () =>
            {
                var parsed = RuleExpression.Parse(text);
                Assert.Equal(parsed.Errors.Count == 0, parsed.IsValid);
                Assert.All(parsed.Errors, error => Assert.InRange(error.Position, 0, text.Length));
                if (parsed.Expression?.ToString() is { } normal)
                {
                    Assert.Equal(normal, RuleExpression.Parse(normal).Expression?.ToString());
                }
            });
        }
    }

    private static void FuzzCaptions(Random random, RuleExpression[] rules)
    {
        for (var i = 0; i < CaptionsPerChunk; i++)
        {
            var text = Damage(random, Captions[random.Next(Captions.Length)]);
            var caption = new CaptionText(text);
            var rule = rules[random.Next(rules.Length)];
            Bounded((text.Length, BytesPerChar), text, () =>
            {
                var verdict = rule.Judge(caption);
                Assert.Equal(verdict.Span, verdict.Span is null ? null : text.Substring(verdict.SpanStart, verdict.Span.Length));
            });
        }
    }

    /// <summary>Pieces cut out, put in, doubled; now and then only noise.</summary>
    private static string Damage(Random random, string text)
    {
        if (random.Next(10) == 0)
        {
            return string.Create(random.Next(80), random, (span, chance) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = (char)(chance.Next(4) == 0 ? chance.Next(0x10000) : chance.Next(0x80));
                }
            });
        }

        for (var times = random.Next(1, 6); times > 0; times--)
        {
            var at = random.Next(text.Length + 1);
            var length = random.Next(Math.Min(12, text.Length - at) + 1);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text.Remove(at, Math.Min(1, text.Length - at)).Insert(at, ((char)random.Next(0x80)).ToString()),
                _ => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
            };
        }

        return text;
    }

    private static void Bounded((int Length, long BytesPerChar) bound, string what, Action judge)
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        try
        {
            judge();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Failed on: {what}", failure);
        }

        var spent = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Assert.True(spent <= BytesAtLeast + (bound.Length * bound.BytesPerChar), $"{spent} bytes for {bound.Length} characters: {what}");
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeMax, $"{Stopwatch.GetElapsedTime(start)} for {bound.Length} characters: {what}");
    }
}
