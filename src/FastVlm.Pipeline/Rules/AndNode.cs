namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Every part matches somewhere in the caption. Names the smallest span in one sentence that covers a match of each part;
/// where there is no such sentence, the first part's.
/// </summary>
internal sealed class AndNode(IReadOnlyList<ExpressionNode> parts) : ExpressionNode
{
    public IReadOnlyList<ExpressionNode> Parts => parts;

    public override int Precedence => 2;

    public override Judgement Judge(CaptionText caption)
    {
        var spans = new List<IReadOnlyList<TextSpan>>();
        var reasons = new List<string>(parts.Count);
        foreach (var part in parts)
        {
            var judgement = part.Judge(caption);
            if (!judgement.IsMatch)
            {
                return judgement;
            }

            reasons.Add(judgement.Why);
            if (judgement.Spans.Count > 0)
            {
                spans.Add(judgement.Spans);
            }
        }

        var why = string.Join("; ", reasons);
        return spans.Count == 0
            ? Judgement.Match(caption, [], why)
            : Judgement.Match(caption, SmallestCover(caption, spans) is { } cover ? [cover] : spans[0], why);
    }

    public override string ToString() => Joined(parts, "and", Precedence + 1);

    /// <summary>Tries each match as the left end, with the nearest match of every part to the right of it.</summary>
    private static TextSpan? SmallestCover(CaptionText caption, List<IReadOnlyList<TextSpan>> spans)
    {
        TextSpan? smallest = null;
        foreach (var start in spans.SelectMany(found => found).Select(span => span.Start))
        {
            var end = start;
            foreach (var found in spans)
            {
                var nearest = found.Where(span => span.Start >= start).Select(span => span.End).DefaultIfEmpty(int.MaxValue).Min();
                end = Math.Max(end, nearest);
            }

            if (end < int.MaxValue
                && (smallest is null || end - start < smallest.Value.Length)
                && caption.SentenceOfChar(start) == caption.SentenceOfChar(end - 1))
            {
                smallest = new TextSpan(start, end);
            }
        }

        return smallest;
    }
}
