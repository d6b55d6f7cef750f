namespace FastVlm.Pipeline.Rules;

/// <summary>
/// A caption taken apart once for all rules that judge it: sentences, words with their stems, where each stem stands.
/// Text after <see cref="Limits.RuleTextCharsMax"/> characters is not read. Immutable; safe for concurrent use.
/// </summary>
public sealed class CaptionText
{
    private static readonly IReadOnlyList<int> Nowhere = [];

    private readonly Dictionary<string, List<int>> places = new(StringComparer.Ordinal);
    private readonly Lazy<FoldedText> folded;

    public CaptionText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text.Length > Limits.RuleTextCharsMax ? text[..Limits.RuleTextCharsMax] : text;
        Sentences = Sentence.Split(Text);
        foreach (var sentence in Sentences)
        {
            Index(sentence);
        }

        folded = new Lazy<FoldedText>(() => new FoldedText(Text));
    }

    public string Text { get; }

    /// <summary>There is something to judge: a caption without a word tells nothing, not even that something is absent.</summary>
    internal bool HasWords => places.Count > 0;

    internal IReadOnlyList<Sentence> Sentences { get; }

    /// <summary>The text as exact phrases are looked for.</summary>
    internal FoldedText Folded => folded.Value;

    /// <summary>Where forms of a word stand: numbers of tokens counted through the whole text, ascending.</summary>
    internal IReadOnlyList<int> PlacesOf(string stem) => places.TryGetValue(stem, out var found) ? found : Nowhere;

    /// <summary>The sentence in which a token, counted through the whole text, stands.</summary>
    internal int SentenceOfToken(int place) => LastAtOrBefore(place, sentence => sentence.FirstToken);

    /// <summary>The sentence in which a character stands; the one before for those between two sentences.</summary>
    internal int SentenceOfChar(int index) => LastAtOrBefore(index, sentence => sentence.Tokens[0].Start);

    private int LastAtOrBefore(int position, Func<Sentence, int> startOf)
    {
        var (low, high) = (0, Sentences.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = startOf(Sentences[middle]) <= position ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private void Index(Sentence sentence)
    {
        for (var i = 0; i < sentence.Tokens.Length; i++)
        {
            if (!sentence.Tokens[i].IsWord)
            {
                continue;
            }

            if (!places.TryGetValue(sentence.Tokens[i].Stem, out var found))
            {
                places.Add(sentence.Tokens[i].Stem, found = new List<int>(2));
            }

            found.Add(sentence.FirstToken + i);
        }
    }
}
