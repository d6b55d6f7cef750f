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
        "not", "never", "cannot", "hardly", "rarely", "seldom", "unlikely", "unable", "impossible", "doubtful",
        "if", "whether", "unless", "prevent", "prevents", "prevented", "preventing",
        "avoid", "avoids", "avoided", "avoiding",
    }.ToFrozenSet();

    /// <summary>Two words that deny together; the second alone does not.</summary>
    private static readonly FrozenSet<(string, string)> Pairs = new[]
    {
        ("free", "of"), ("free", "from"), ("clear", "of"), ("devoid", "of"), ("empty", "of"), ("instead", "of"), ("rather", "than"),
        ("fail", "to"), ("fails", "to"), ("failed", "to"), ("failing", "to"),
        ("about", "to"), ("in", "case"),
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
    private bool openDeniesVerb;
    private Denial? endedByComma;

    private int? lastComma;

    // {"smoke": true, "fire": false}: an answer reaches back to the one before it.
    private bool hasAnswer;
    private int answerStart;

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
            || (text is "and" or "then" && (StartsClause(i + 1) || (openDeniesVerb && HasOwnVerb(i + 1))))
            || IsVerbOfSubject(i)
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
            openDeniesVerb = VerbNegators.Contains(text) || text.EndsWith("n't", StringComparison.Ordinal);
            DenyBackwards(i);
        }
        else
        {
            denials[i] ??= open;
            DenyNeighbour(i, text);
        }
    }

    /// <summary>Words that reach no further than to the word beside them.</summary>
    private void DenyNeighbour(int i, string text)
    {
        if (text is "almost" or "nearly" && ContentAfter(i, 2) is { } near && !char.IsDigit(tokens[near].Text[0]))
        {
            denials[near] ??= new Denial(text, i);
        }
        else if (text == "non" && i + 1 < tokens.Length && tokens[i + 1].IsTied)
        {
            denials[i + 1] ??= new Denial("non", i);
        }
        else if (text == "free" && tokens[i].IsTied)
        {
            denials[i - 1] ??= new Denial("free", i);
        }
        else if (Grammar.Modals.Contains(text) && ModalVerb(i, text) is { } verb)
        {
            denials[verb] ??= new Denial(text, i);
        }
        else if (text == "going" && WordAt(i + 1) == "to" && i + 2 < tokens.Length && Grammar.IsContent(tokens[i + 2]))
        {
            denials[i + 2] ??= new Denial("going to", i);
        }
    }

    /// <summary>
    /// "may drop", "will be dropped": the verb that has not happened. "A part may have dropped" and "may be broken" are the
    /// cautious words of a model for what it sees, and "a can dropped" has no modal.
    /// </summary>
    private int? ModalVerb(int i, string modal)
    {
        var isFuture = modal is "will" or "would" or "shall" or "should";
        var verb = isFuture ? ContentAfter(i, 2) : ContentAfter(i, 1);
        return verb is { } at
            && !Grammar.Perception.Contains(tokens[at].Text)
            && (isFuture ? at == i + 1 || WordAt(i + 1) is "be" or "have" : !WordForms.LooksLikeVerb(tokens[at].Text))
                ? at
                : null;
    }

    /// <summary>The next word with meaning, at most so many tokens on.</summary>
    private int? ContentAfter(int i, int reach)
    {
        for (var k = i + 1; k <= i + reach && k < tokens.Length; k++)
        {
            if (Grammar.IsContent(tokens[k]))
            {
                return k;
            }
        }

        return null;
    }

    /// <summary>"… and smoke is rising": a noun with a verb of its own.</summary>
    private bool HasOwnVerb(int i) =>
        i + 1 < tokens.Length && Grammar.IsContent(tokens[i])
        && (Grammar.Auxiliaries.Contains(tokens[i + 1].Text)
            || (i + 2 < tokens.Length && Grammar.IsContent(tokens[i + 1]) && Grammar.Auxiliaries.Contains(tokens[i + 2].Text)));

    /// <summary>"the worker without a helmet dropped a part": what the subject lacks does not reach its verb.</summary>
    private bool IsVerbOfSubject(int i) =>
        open is { } denial
        && (denial.Word == "without" || Grammar.Presence.Contains(WordAt(i - 1) ?? ""))
        && i - 1 > denial.At
        && tokens[i - 1].IsWord && Grammar.IsContent(tokens[i - 1])
        && IsVerbWithObject(i);

    private bool IsVerbWithObject(int i) =>
        WordForms.LooksLikePast(tokens[i].Text) && WordAt(i + 1) is { } next && Grammar.Determiners.Contains(next);

    private void VisitMark(int i, string mark)
    {
        if (mark == ",")
        {
            if (open is not null && CommaEnds(i))
            {
                endedByComma = open;
                open = null;
            }

            lastComma = i;
            answerStart = hasAnswer ? i + 1 : answerStart;
        }
        else
        {
            open = null;
            hasAnswer |= mark == ":";
            if (mark is ":" or "-" && IsAnswerNo(i + 1))
            {
                Deny(i, new Denial(WordAt(i + 1)!, i + 1));
            }
        }
    }

    /// <summary>"smoke: no", "dropped parts: none visible"; not "a part dropped: no smoke is visible".</summary>
    private bool IsAnswerNo(int i) =>
        Grammar.AnswersNo.Contains(WordAt(i) ?? "")
        && (i + 1 >= tokens.Length || !tokens[i + 1].IsWord || Grammar.Presence.Contains(tokens[i + 1].Text));

    private bool IsNegator(int i)
    {
        var text = tokens[i].Text;
        var pair = (text, WordAt(i + 1) ?? "");
        return !Assurances.Contains(pair)
            && (IsNegation(text) || (Pairs.Contains(pair) && IsPair(i, text)));
    }

    /// <summary>"in case of fire", "in case a part drops"; not "in case 3".</summary>
    private bool IsPair(int i, string text) =>
        text != "in" || WordAt(i + 2) is "of" || Grammar.Determiners.Contains(WordAt(i + 2) ?? "");

    private bool CommaEnds(int comma)
    {
        if (WordAt(comma + 1) is "or" or "nor")
        {
            return false;
        }

        // "the worker, wearing no helmet, dropped a part": the insertion is over.
        var isInsertion = lastComma is { } first && first < open!.At && comma + 1 < tokens.Length && IsVerbWithObject(comma + 1);
        return !listGoesOn[comma + 1] && (!openDeniesThing || isInsertion || StartsClause(comma + 1));
    }

    /// <summary>"a dropped part is not visible", "dropped parts are absent": deny the subject too.</summary>
    private void DenyBackwards(int i)
    {
        var text = tokens[i].Text;
        var isNot = text is "not" or "cannot" || text.EndsWith("n't", StringComparison.Ordinal);
        var next = WordAt(i + 1) is "be" or "been" or "currently" or "yet" ? WordAt(i + 2) : WordAt(i + 1);
        var isOutOfView = WordAt(i + 1) == "in"
            && (Grammar.Views.Contains(WordAt(i + 2) ?? "") || Grammar.Views.Contains(WordAt(i + 3) ?? ""));
        if (text is "absent" or "nowhere" || (isNot && (isOutOfView || Grammar.Presence.Contains(next ?? ""))))
        {
            Deny(i, new Denial(text, i));
        }
    }

    /// <summary>From the start of the clause up to <paramref name="to"/>.</summary>
    private void Deny(int to, Denial denial)
    {
        for (var k = to - 1; k >= Math.Max(clauseStarts[to], answerStart) && denials[k] is not { IsBackward: true }; k--)
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
