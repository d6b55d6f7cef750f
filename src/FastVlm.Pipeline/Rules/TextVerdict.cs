namespace FastVlm.Pipeline.Rules;

/// <summary>What a rule found in a caption, with its reason in words.</summary>
public sealed record TextVerdict
{
    public required bool IsMatch { get; init; }

    /// <summary>
    /// The part of the caption that matched, from its first matched word to its last; null without a match, and where the
    /// rule holds because something is absent.
    /// </summary>
    public string? Span { get; init; }

    /// <summary>Where <see cref="Span"/> begins in the caption, in characters; -1 without one.</summary>
    public int SpanStart { get; init; } = -1;

    /// <summary>One sentence for people: what matched, or why the nearest candidate did not.</summary>
    public required string Why { get; init; }
}
