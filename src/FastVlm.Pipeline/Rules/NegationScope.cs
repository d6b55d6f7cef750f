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
    private readonly Denial?[] denials;
    private readonly int[] clauseStarts;
    private readonly bool[] listGoesOn;

    // The denial that is open at the token under consideration, and the last one that a comma ended.
    private Denial? open;
    private bool openDeniesThing;
    private Denial? endedByComma;

    private NegationScope(Token[] tokens)
    {
        this.tokens = tokens;
        denials = new Denial?[tokens.Length];
        clauseStarts = ClauseStarts(tokens);
        listGoesOn = ListGoesOn(tokens);
    }

    /// <summary>For each token what denies it, or null. Takes time in proportion to their number.</summary>
    public static Denial?[] Mark(Token[] tokens)
    {
        var scope = new NegationScope(tokens);
        for (var i = 0; i < tokens.Length; i++)
        {
            scope.Visit(i);
        }

        return scope.denials;
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
            open = new Denial(Pairs.Contains((text, WordAt(i + 1) ?? "")) ? $"{text} {WordAt(i + 1)}" : text, i);
            openDeniesThing = ThingNegators.Contains(text) || !VerbNegators.Contains(text);
            DenyBackwards(i);
        }
        else
        {
            denials[i] ??= open;
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
                Deny(i, new Denial(WordAt(i + 1)!, i + 1));
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

        return !listGoesOn[comma + 1] && (!openDeniesThing || StartsClause(comma + 1));
    }

    /// <summary>"a dropped part is not visible", "dropped parts are absent": deny the subject too.</summary>
    private void DenyBackwards(int i)
    {
        var text = tokens[i].Text;
        var isNot = text == "not" || text.EndsWith("n't", StringComparison.Ordinal);
        var next = WordAt(i + 1) is "be" or "been" or "currently" or "yet" ? WordAt(i + 2) : WordAt(i + 1);
        if (text is "absent" or "nowhere" || (isNot && Grammar.Presence.Contains(next ?? "")))
        {
            Deny(i, new Denial(text, i));
        }
    }

    /// <summary>From the start of the clause up to <paramref name="to"/>.</summary>
    private void Deny(int to, Denial denial)
    {
        for (var k = to - 1; k >= clauseStarts[to] && denials[k] is not { IsBackward: true }; k--)
        {
            denials[k] ??= denial with { IsBackward = true };
        }
    }

    /// <summary>
    /// For each token where its clause begins: "and" and a comma separate clauses only when there is a verb of its own before.
    /// </summary>
    private static int[] ClauseStarts(Token[] tokens)
    {
        var starts = new int[tokens.Length];
        var (start, hasVerb) = (0, false);
        for (var k = 0; k < tokens.Length; k++)
        {
            starts[k] = start;
            var text = tokens[k].Text;
            start = text == ";" || Grammar.ClauseConjunctions.Contains(text) || (text is "and" or "," && hasVerb) ? k + 1 : start;
            hasVerb |= Grammar.Auxiliaries.Contains(text);
        }

        return starts;
    }

    /// <summary>For each token whether an "or" follows before the list or the clause ends.</summary>
    private static bool[] ListGoesOn(Token[] tokens)
    {
        var goesOn = new bool[tokens.Length + 1];
        for (var k = tokens.Length - 1; k >= 0; k--)
        {
            goesOn[k] = tokens[k].Text switch
            {
                "or" or "nor" => true,
                ";" or "but" or "and" => false,
                _ => goesOn[k + 1],
            };
        }

        return goesOn;
    }

    private bool StartsClause(int i) =>
        WordAt(i) is { } word && (Grammar.Determiners.Contains(word) || Grammar.ClauseStarters.Contains(word));

    private string? WordAt(int i) => i >= 0 && i < tokens.Length ? tokens[i].Text : null;
}

/// <summary>What denies a word.</summary>
/// <param name="Word">As the caption has it, e.g. "no" or "free of".</param>
/// <param name="At">Its token in the sentence.</param>
internal sealed record Denial(string Word, int At)
{
    /// <summary>It stands behind what it denies.</summary>
    public bool IsBackward { get; init; }
}
