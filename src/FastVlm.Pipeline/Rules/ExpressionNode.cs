using System.Text.RegularExpressions;

namespace FastVlm.Pipeline.Rules;

/// <summary>A part of an expression. Prints itself so that the parser reads the same again.</summary>
internal abstract class ExpressionNode
{
    /// <summary>How tightly it binds its parts: or 1, and 2, not 3, terms 4.</summary>
    public abstract int Precedence { get; }

    public abstract Judgement Judge(CaptionText caption);

    public abstract override string ToString();

    /// <summary>As a part of something that binds with the given strength.</summary>
    public string Within(int precedence) => Precedence < precedence ? $"({this})" : ToString();

    protected static string Joined(IEnumerable<ExpressionNode> parts, string word, int precedence) =>
        string.Join($" {word} ", parts.Select(part => part.Within(precedence)));
}

/// <summary>Words that must be told.</summary>
internal sealed class PhraseNode(PhraseRule rule) : ExpressionNode
{
    public override int Precedence => 4;

    public override Judgement Judge(CaptionText caption) => rule.Judge(caption);

    public override string ToString() => rule.Phrase;
}

/// <summary>Exactly these words: next to each other and whole, however they are meant. Case and the kind of space do not count.</summary>
internal sealed class ExactNode(string words) : ExpressionNode
{
    private readonly string folded = FoldedText.Of(words);

    public override int Precedence => 4;

    public override Judgement Judge(CaptionText caption)
    {
        var spans = new List<TextSpan>();
        var from = 0;
        while (spans.Count < Judgement.SpansMax && caption.Folded.Find(folded, from) is { } found)
        {
            spans.Add(found.Span);
            from = found.Next;
        }

        return spans.Count > 0
            ? Judgement.Match(caption, spans, $"{this} occurs")
            : Judgement.Miss(caption, $"{this} does not occur");
    }

    public override string ToString() =>
        $"\"{words.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

/// <summary>A regular expression that is matched in linear time.</summary>
internal sealed class RegexNode(Regex regex) : ExpressionNode
{
    /// <summary>Empty matches are none; a pattern with more of them than this before a real one is not worth the time.</summary>
    private const int TriesMax = 64;

    public override int Precedence => 4;

    public override Judgement Judge(CaptionText caption)
    {
        var spans = new List<TextSpan>();
        var match = regex.Match(caption.Text);
        for (var tries = 0; match.Success && tries < TriesMax && spans.Count < Judgement.SpansMax; tries++)
        {
            if (match.Length > 0)
            {
                spans.Add(new TextSpan(match.Index, match.Index + match.Length));
            }

            match = match.NextMatch();
        }

        return spans.Count > 0
            ? Judgement.Match(caption, spans, $"{this} matches '{caption.Text[spans[0].Start..spans[0].End]}'")
            : Judgement.Miss(caption, $"{this} does not match");
    }

    public override string ToString() => $"/{regex}/";
}

/// <summary>Nothing in the caption matches the part.</summary>
internal sealed class NotNode(ExpressionNode part) : ExpressionNode
{
    public override int Precedence => 3;

    public override Judgement Judge(CaptionText caption)
    {
        var inner = part.Judge(caption);
        return inner.IsMatch
            ? Judgement.Miss(caption, $"'{this}' does not match: {inner.Why}")
            : Judgement.Match(caption, [], inner.Why);
    }

    public override string ToString() => $"not {part.Within(Precedence)}";
}

/// <summary>At least one part matches; the first one that does, as they are written, is named.</summary>
internal sealed class OrNode(IReadOnlyList<ExpressionNode> parts) : ExpressionNode
{
    /// <summary>A reason is one sentence, however many alternatives there are.</summary>
    private const int ReasonsMax = 3;

    public IReadOnlyList<ExpressionNode> Parts => parts;

    public override int Precedence => 1;

    public override Judgement Judge(CaptionText caption)
    {
        var reasons = new List<string>(ReasonsMax);
        var spans = new List<TextSpan>();
        string? why = null;
        foreach (var part in parts)
        {
            var judgement = part.Judge(caption);
            if (judgement.IsMatch)
            {
                // The others' spans too: an "and" around this looks for those nearest together.
                why ??= judgement.Why;
                spans.AddRange(judgement.Spans.Take(Judgement.SpansMax - spans.Count));
            }
            else if (reasons.Count < ReasonsMax)
            {
                reasons.Add(judgement.Why);
            }
        }

        var more = parts.Count > ReasonsMax ? $"; nor does any of the other {parts.Count - ReasonsMax}" : "";
        return why is not null
            ? Judgement.Match(caption, spans, why)
            : Judgement.Miss(caption, string.Join("; ", reasons) + more);
    }

    public override string ToString() => Joined(parts, "or", Precedence + 1);
}
