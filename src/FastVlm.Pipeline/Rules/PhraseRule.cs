using System.Diagnostics.CodeAnalysis;

namespace FastVlm.Pipeline.Rules;

/// <summary>What a rule found in a caption, with its reason in words.</summary>
public sealed record PhraseVerdict
{
    public required bool IsMatch { get; init; }

    /// <summary>The part of the caption that matched, from its first matched word to its last; null without a match.</summary>
    public string? Span { get; init; }

    /// <summary>Where <see cref="Span"/> begins in the caption, in characters; -1 without a match.</summary>
    public int SpanStart { get; init; } = -1;

    /// <summary>One sentence for people: what matched, or why the nearest candidate did not.</summary>
    public required string Why { get; init; }
}

/// <summary>
/// Decides whether a caption tells what a phrase says. All words of the phrase must stand in one sentence, in any
/// inflection ("part dropped" finds "a part drops" and "dropped parts"), close together, in one clause, and must not be
/// denied ("no part dropped", "nothing has been dropped"). A phrase may itself deny: "belt not moving" and "person
/// without helmet" look for words that are denied.
/// </summary>
/// <remarks>
/// English only. Works by word forms and word order, not by understanding: it cannot tell that "it fell" means the same
/// as "it dropped" (write two rules), nor who did what beyond word order. Stateless once built; safe for concurrent use.
/// </remarks>
public sealed class PhraseRule
{
    /// <summary>More words than this in one phrase never all occur in a caption's sentence.</summary>
    private const int WordCountMax = 8;

    /// <summary>Only the first occurrences of a word in a sentence are tried: captions that go round in circles stay cheap.</summary>
    private const int OccurrencesMax = 8;

    /// <summary>The closest candidates are kept; in a sentence with more, the others are far apart.</summary>
    private const int CandidatesMax = 256;

    private readonly PhraseWord[] words;

    private PhraseRule(string phrase, PhraseWord[] words)
    {
        Phrase = phrase;
        this.words = words;
    }

    /// <summary>The phrase as the user wrote it.</summary>
    public string Phrase { get; }

    /// <exception cref="FailureException">Usage: the phrase has no word that carries meaning, or too many.</exception>
    public static PhraseRule Parse(string phrase)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        var words = new List<PhraseWord>();
        foreach (var sentence in Sentence.Split(phrase))
        {
            var deniedBy = NegationScope.Mark(sentence);
            words.AddRange(sentence.Tokens.Select((token, i) => (token, denied: deniedBy[i] is not null, rest: sentence.Tokens[(i + 1)..]))
                .Where(w => IsWanted(w.token, w.rest))
                .Select(w => new PhraseWord(w.token.Text, w.token.Stem, w.denied, WordForms.LooksLikeVerb(w.token.Text))));
        }

        return words.Count is > 0 and <= WordCountMax
            ? new PhraseRule(phrase, [.. words])
            : throw new FailureException(
                FailureKind.Usage,
                $"The phrase '{phrase}' has {words.Count} words that carry meaning; 1 to {WordCountMax} are needed, as in 'part dropped'.");
    }

    /// <summary>Judges a caption; text after <see cref="Limits.RuleTextCharsMax"/> characters is not read.</summary>
    public PhraseVerdict Judge(string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        var text = caption.Length > Limits.RuleTextCharsMax ? caption[..Limits.RuleTextCharsMax] : caption;
        var sentences = Sentence.Split(text);
        string? nearMiss = null;
        for (var i = 0; i < sentences.Count; i++)
        {
            if (!TryFindAll(sentences[i], out var candidates))
            {
                continue;
            }

            if (sentences[i].IsQuestion && !(i + 1 < sentences.Count && sentences[i + 1].Tokens[0].Text == "yes"))
            {
                nearMiss ??= "the sentence is a question";
                continue;
            }

            var clause = new PhraseMatcher(sentences[i], words);
            foreach (var candidate in candidates)
            {
                if (clause.Objection(candidate) is not { } objection)
                {
                    return Match(text, sentences[i], candidate);
                }

                nearMiss ??= objection;
            }
        }

        return new PhraseVerdict { IsMatch = false, Why = $"'{Phrase}' does not match: {nearMiss ?? MissingWord(sentences)}." };
    }

    private static bool IsWanted(Token token, Token[] rest) =>
        (Grammar.IsContent(token) && !NegationScope.IsNegation(token.Text))
        || (Grammar.Particles.Contains(token.Text) && !rest.Any(Grammar.IsContent));

    private static PhraseVerdict Match(string text, Sentence sentence, int[] candidate)
    {
        var first = sentence.Tokens[candidate.Min()];
        var last = sentence.Tokens[candidate.Max()];
        var span = text[first.Start..last.End];
        var found = string.Join(" … ", candidate.Order().Select(i => sentence.Tokens[i].Text));
        return new PhraseVerdict { IsMatch = true, Span = span, SpanStart = first.Start, Why = $"'{span}' tells it ({found})." };
    }

    /// <summary>All ways to find each word of the phrase at a place of its own, nearest together first.</summary>
    private bool TryFindAll(Sentence sentence, [NotNullWhen(true)] out IReadOnlyList<int[]>? candidates)
    {
        IEnumerable<int[]> partial = [[]];
        foreach (var word in words)
        {
            var places = Enumerable.Range(0, sentence.Tokens.Length)
                .Where(i => sentence.Tokens[i].IsWord && sentence.Tokens[i].Stem == word.Stem)
                .Take(OccurrencesMax)
                .ToList();
            partial = [.. partial
                .SelectMany(p => places.Where(i => !p.Contains(i)).Select(i => (int[])[.. p, i]))
                .OrderBy(Spread)
                .Take(CandidatesMax)];
        }

        candidates = [.. partial];
        return candidates.Count > 0;
    }

    private static int Spread(int[] candidate) => candidate.Max() - candidate.Min();

    private string MissingWord(IReadOnlyList<Sentence> sentences)
    {
        var missing = words.FirstOrDefault(w => !sentences.Any(s => s.Tokens.Any(t => t.Stem == w.Stem)));
        return missing.Text is null ? "its words stand in different sentences" : $"no form of '{missing.Text}' occurs";
    }
}

/// <summary>A word of a phrase; denied where the phrase itself denies it ("belt not moving").</summary>
internal readonly record struct PhraseWord(string Text, string Stem, bool IsDenied, bool IsVerb);
