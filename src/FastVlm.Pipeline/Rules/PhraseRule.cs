namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Decides whether a caption tells what a phrase says. All words of the phrase must stand in one sentence, in any
/// inflection ("part dropped" finds "a part drops" and "dropped parts"), close together, in one clause, and must not be
/// denied ("no part dropped", "nothing has been dropped"). A phrase may itself deny: "belt not moving" and "person
/// without helmet" look for words that are denied.
/// </summary>
/// <remarks>
/// English only. Works by word forms and word order, not by understanding: it cannot tell that "it fell" means the same
/// as "it dropped" (write <c>dropped or fell</c>), nor who did what beyond word order. Takes time in proportion to the
/// caption's length. Stateless once built; safe for concurrent use.
/// </remarks>
public sealed class PhraseRule
{
    /// <summary>More words than this in one phrase never all occur in a caption's sentence.</summary>
    public const int WordCountMax = 8;

    private readonly PhraseWord[] words;

    private PhraseRule(string phrase, PhraseWord[] words)
    {
        Phrase = phrase;
        this.words = words;
    }

    /// <summary>The phrase as the user wrote it.</summary>
    public string Phrase { get; }

    /// <exception cref="FailureException">Usage: the phrase has no word that carries meaning, or too many.</exception>
    public static PhraseRule Parse(string phrase) =>
        TryParse(phrase, out var fault) ?? throw new FailureException(FailureKind.Usage, fault!);

    /// <param name="phrase">What the user wrote.</param>
    /// <param name="fault">Why it is no phrase, one sentence; null where it is one.</param>
    public static PhraseRule? TryParse(string phrase, out string? fault)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        var words = new List<PhraseWord>();
        foreach (var sentence in Sentence.Split(phrase))
        {
            var tokens = sentence.Tokens;
            for (var i = 0; i < tokens.Length; i++)
            {
                if (IsWanted(tokens[i], tokens.AsSpan(i + 1)))
                {
                    words.Add(new PhraseWord(
                        tokens[i].Text, tokens[i].Stem, sentence.Denials[i] is not null, WordForms.LooksLikeVerb(tokens[i].Text))
                    {
                        IsTied = i > 0 && Grammar.IsContent(tokens[i - 1]),
                    });
                }
            }
        }

        fault = words.Count is > 0 and <= WordCountMax
            ? null
            : $"The phrase '{phrase}' has {words.Count} words that carry meaning; 1 to {WordCountMax} are needed, as in 'part dropped'.";
        return fault is null ? new PhraseRule(phrase, [.. words]) : null;
    }

    /// <summary>Judges a caption; text after <see cref="Limits.RuleTextCharsMax"/> characters is not read.</summary>
    public TextVerdict Judge(string caption) => Judge(new CaptionText(caption)).ToVerdict();

    internal Judgement Judge(CaptionText caption)
    {
        var spans = new List<TextSpan>();
        string? found = null;
        string? nearMiss = null;
        var nearest = int.MaxValue;
        foreach (var (sentence, candidate) in PhraseCandidates.Of(caption, words))
        {
            var spread = PhraseCandidates.Spread(candidate);
            var objection = IsUnansweredQuestion(caption, sentence)
                ? "the sentence is a question"
                : new PhraseMatcher(sentence, words).Objection(candidate);
            if (objection is not null)
            {
                (nearMiss, nearest) = spread < nearest ? (objection, spread) : (nearMiss, nearest);
                continue;
            }

            var span = new TextSpan(sentence.Tokens[candidate.Min()].Start, sentence.Tokens[candidate.Max()].End);
            found ??= Found(caption, sentence, candidate, span);
            spans.Add(span);
            if (spans.Count == Judgement.SpansMax)
            {
                break;
            }
        }

        return found is not null
            ? Judgement.Match(caption, spans, found)
            : Judgement.Miss(caption, $"'{Phrase}' does not match: {nearMiss ?? MissingWord(caption)}");
    }

    private static bool IsWanted(Token token, ReadOnlySpan<Token> rest)
    {
        if (Grammar.IsContent(token) && !NegationScope.IsNegation(token.Text))
        {
            return true;
        }

        foreach (var later in rest)
        {
            if (Grammar.IsContent(later))
            {
                return false;
            }
        }

        return Grammar.Particles.Contains(token.Text);
    }

    /// <summary>"Did a part drop? Yes." tells it; the question alone does not.</summary>
    private static bool IsUnansweredQuestion(CaptionText caption, Sentence sentence)
    {
        if (!sentence.IsQuestion)
        {
            return false;
        }

        var next = caption.SentenceOfToken(sentence.FirstToken) + 1;
        return next >= caption.Sentences.Count || caption.Sentences[next].Tokens[0].Text != "yes";
    }

    private static string Found(CaptionText caption, Sentence sentence, int[] candidate, TextSpan span)
    {
        var words = string.Join(" … ", candidate.Order().Select(i => sentence.Tokens[i].Text));
        return $"'{caption.Text[span.Start..span.End]}' tells it ({words})";
    }

    private string MissingWord(CaptionText caption)
    {
        foreach (var word in words)
        {
            if (caption.PlacesOf(word.Stem).Count == 0)
            {
                return $"no form of '{word.Text}' occurs";
            }
        }

        return "its words stand in different sentences";
    }
}

/// <summary>A word of a phrase; denied where the phrase itself denies it ("belt not moving").</summary>
internal readonly record struct PhraseWord(string Text, string Stem, bool IsDenied, bool IsVerb)
{
    /// <summary>Another word with meaning stands directly before it: the two describe one thing ("red box").</summary>
    public bool IsTied { get; init; }
}
