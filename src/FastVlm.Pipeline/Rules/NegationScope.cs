using System.Collections.Frozen;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Decides which words of a sentence are denied, and by what. A negation reaches forward to the end of its clause
/// ("no part dropped", but "no smoke, and a part dropped"); "not visible" and the like, and ": no", also deny what stands
/// before them. Conditions ("if", "whether") tell nothing and count as denials.
/// </summary>
internal sealed class NegationScope
{
    /// <summary>Deny a thing; lists of things under them go on past commas.</summary>
    private static readonly FrozenSet<string> ThingNegators = new[]
    {
        "no", "without", "none", "nothing", "nobody", "neither", "nor", "zero", "nowhere", "absent", "lack", "lacks",
        "lacking", "absence", "0",
    }.ToFrozenSet();

    /// <summary>Deny what happens; a comma ends them unless an "or" follows.</summary>
    private static readonly FrozenSet<string> VerbNegators = new[]
    {
        "not", "never", "cannot", "hardly", "if", "whether", "unless", "prevent", "prevents", "prevented", "preventing",
        "avoid", "avoids", "avoided", "avoiding",
    }.ToFrozenSet();

    /// <summary>Two words that deny together; the second alone does not.</summary>
    private static readonly FrozenSet<(string, string)> Pairs = new[]
    {
        ("free", "of"), ("free", "from"), ("clear", "of"), ("devoid", "of"), ("empty", "of"), ("instead", "of"), ("rather", "than"),
        ("fail", "to"), ("fails", "to"), ("failed", "to"), ("failing", "to"),
        ("about", "to"),
    }.ToFrozenSet();

    /// <summary>Look like a denial and are none.</summary>
    private static readonly FrozenSet<(string, string)> Assurances = new[]
    {
        ("no", "doubt"), ("not", "only"), ("without", "doubt"), ("no", ","),
    }.ToFrozenSet();

    /// <summary>What follows is taken out of the denial: "no issues other than a dropped part".</summary>
    private static readonly FrozenSet<(string, string)> Exceptions = new[]
    {
        ("other", "than"), ("apart", "from"), ("aside", "from"),
    }.ToFrozenSet();

    private readonly Token[] tokens;
    private readonly string?[] deniedBy;

    // The denial that is open at the token under consideration, and the last one that a comma ended.
    private string? open;
    private bool openDeniesThing;
    private string? endedByComma;

    private NegationScope(Token[] tokens)
    {
        this.tokens = tokens;
        deniedBy = new string?[tokens.Length];
    }

    /// <summary>For each token the word that denies it, or null.</summary>
    public static string?[] Mark(Sentence sentence)
    {
        var scope = new NegationScope(sentence.Tokens);
        for (var i = 0; i < sentence.Tokens.Length; i++)
        {
            scope.Visit(i);
        }

        return scope.deniedBy;
    }

    /// <summary>True for the words that deny by themselves.</summary>
    public static bool IsNegation(string word) =>
        ThingNegators.Contains(word) || VerbNegators.Contains(word) || word.EndsWith("n't", StringComparison.Ordinal);

    private void Visit(int i)
    {
        var text = tokens[i].Text;
        if (!tokens[i].IsWord)
        {
            VisitMark(i, text);
            return;
        }

        if (Grammar.ClauseConjunctions.Contains(text)
            || (text is "and" or "then" && StartsClause(i + 1))
            || Exceptions.Contains((text, WordAt(i + 1) ?? "")))
        {
            open = null;
        }
        else if (text is "or" or "nor" && WordAt(i - 1) == ",")
        {
            // "no smoke, a spill, or a dropped part": the list goes on.
            open ??= endedByComma;
        }

        if (IsNegator(i))
        {
            open = Pairs.Contains((text, WordAt(i + 1) ?? "")) ? $"{text} {WordAt(i + 1)}" : text;
            openDeniesThing = ThingNegators.Contains(text) || !VerbNegators.Contains(text);
            DenyBackwards(i);
        }
        else
        {
            deniedBy[i] ??= open;
        }
    }

    private void VisitMark(int i, string mark)
    {
        if (mark == "," && open is not null && CommaEnds(i))
        {
            endedByComma = open;
            open = null;
        }
        else if (mark is ";" or ":" or "(" or ")")
        {
            open = null;
            if (mark == ":" && Grammar.AnswersNo.Contains(WordAt(i + 1) ?? ""))
            {
                Deny(ClauseStart(i), i, WordAt(i + 1)!);
            }
        }
    }

    private bool IsNegator(int i)
    {
        var text = tokens[i].Text;
        var pair = (text, WordAt(i + 1) ?? "");
        return !Assurances.Contains(pair)
            && (IsNegation(text) || Pairs.Contains(pair) || (text is "almost" or "nearly" && WordForms.LooksLikeVerb(pair.Item2)));
    }

    private bool CommaEnds(int comma)
    {
        if (WordAt(comma + 1) is "or" or "nor")
        {
            return false;
        }

        var isList = tokens.Skip(comma + 1).TakeWhile(t => t.Text is not (";" or "but" or "and")).Any(t => t.Text is "or" or "nor");
        return !isList && (!openDeniesThing || StartsClause(comma + 1));
    }

    /// <summary>"a dropped part is not visible", "dropped parts are absent": deny the subject too.</summary>
    private void DenyBackwards(int i)
    {
        var text = tokens[i].Text;
        var isNot = text == "not" || text.EndsWith("n't", StringComparison.Ordinal);
        var next = WordAt(i + 1) is "be" or "been" or "currently" or "yet" ? WordAt(i + 2) : WordAt(i + 1);
        if (text is "absent" or "nowhere" || (isNot && Grammar.Presence.Contains(next ?? "")))
        {
            Deny(ClauseStart(i), i, text);
        }
    }

    /// <summary>Back to the start of the clause: "and" separates clauses only when there is a verb of its own before it.</summary>
    private int ClauseStart(int i)
    {
        for (var k = i - 1; k >= 0; k--)
        {
            var text = tokens[k].Text;
            var hasVerbBefore = tokens.Take(k).Any(t => Grammar.Auxiliaries.Contains(t.Text));
            if (text == ";" || Grammar.ClauseConjunctions.Contains(text) || (text is "and" or "," && hasVerbBefore))
            {
                return k + 1;
            }
        }

        return 0;
    }

    private void Deny(int from, int to, string negator)
    {
        for (var k = from; k < to; k++)
        {
            deniedBy[k] ??= negator;
        }
    }

    private bool StartsClause(int i) =>
        WordAt(i) is { } word && (Grammar.Determiners.Contains(word) || Grammar.ClauseStarters.Contains(word));

    private string? WordAt(int i) => i >= 0 && i < tokens.Length ? tokens[i].Text : null;
}
