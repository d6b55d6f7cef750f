namespace FastVlm.Pipeline.Rules;

/// <summary>
/// What an expression, or a part of one, found in a caption. A match may have no span: then something is absent, as it
/// should be.
/// </summary>
internal readonly record struct Judgement
{
    /// <summary>Matches that are told apart, so that an "and" finds those nearest together.</summary>
    public const int SpansMax = 16;

    private readonly CaptionText caption;

    private Judgement(CaptionText caption, IReadOnlyList<TextSpan> spans, string why)
    {
        this.caption = caption;
        Spans = spans;
        Why = why;
    }

    public required bool IsMatch { get; init; }

    /// <summary>Where it matched, the best first.</summary>
    public IReadOnlyList<TextSpan> Spans { get; }

    /// <summary>Half a sentence, without its full stop.</summary>
    public string Why { get; }

    public static Judgement Match(CaptionText caption, IReadOnlyList<TextSpan> spans, string why) =>
        new(caption, spans, why) { IsMatch = true };

    public static Judgement Miss(CaptionText caption, string why) => new(caption, [], why) { IsMatch = false };

    public TextVerdict ToVerdict()
    {
        var text = caption.Text;
        return new TextVerdict
        {
            IsMatch = IsMatch,
            Span = IsMatch && Spans.Count > 0 ? text.Substring(Spans[0].Start, Spans[0].Length) : null,
            SpanStart = IsMatch && Spans.Count > 0 ? Spans[0].Start : -1,
            Why = Why + ".",
        };
    }
}
