namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Decides whether words found in one sentence belong together as the phrase has them. Each rule here answers with an
/// objection in words, or null.
/// </summary>
internal readonly struct PhraseMatcher(Sentence sentence, PhraseWord[] words)
{
    /// <summary>
    /// Words with meaning that may stand between two words of the phrase: enough for "the part on the left side of the
    /// green belt has dropped", too few for two statements.
    /// </summary>
    private const int GapMax = 4;

    /// <summary>"the dropped red metal part": adjectives within a definite noun phrase.</summary>
    private const int NounPhraseLengthMax = 5;

    /// <summary>
    /// Tokens of any kind that may stand between two words of the phrase: a model that goes round in circles ("the the the")
    /// says nothing, and this bounds the work.
    /// </summary>
    private const int TokensBetweenMax = 32;

    private readonly Token[] tokens = sentence.Tokens;
    private readonly Denial?[] denials = sentence.Denials;

    /// <param name="places">For each word of the phrase the index of its token.</param>
    public string? Objection(int[] places)
    {
        Span<int> order = stackalloc int[places.Length];
        for (var w = 0; w < places.Length; w++)
        {
            var k = w;
            for (; k > 0 && places[order[k - 1]] > places[w]; k--)
            {
                order[k] = order[k - 1];
            }

            order[k] = w;
        }

        for (var k = 1; k < order.Length; k++)
        {
            if (PairObjection(places, order[k - 1], order[k]) is { } objection)
            {
                return objection;
            }
        }

        return PolarityObjection(places);
    }

    /// <summary>Is every word denied, or not, as the phrase wants it?</summary>
    private string? PolarityObjection(int[] places)
    {
        var isKnownThing = IsDefiniteNounPhrase(places);
        for (var w = 0; w < words.Length; w++)
        {
            var denial = denials[places[w]]?.Word;
            var isConditional = denial is "if" or "whether" or "unless" or "in case";
            if (words[w].IsDenied && (denial is null || isConditional))
            {
                return $"'{tokens[places[w]].Text}' is not denied";
            }

            if (!words[w].IsDenied && denial is not null && (isConditional || !isKnownThing))
            {
                return $"'{tokens[places[w]].Text}' is denied by '{denial}'";
            }
        }

        return null;
    }

    /// <summary>The two words, by their numbers in the phrase, are neighbours in the sentence.</summary>
    private string? PairObjection(int[] places, int leftWord, int rightWord)
    {
        var (left, from) = (words[leftWord], places[leftWord]);
        var (right, to) = (words[rightWord], places[rightWord]);
        var gap = sentence.ContentBetween(from, to);
        if (gap > GapMax || to - from - 1 > TokensBetweenMax)
        {
            return $"'{tokens[from].Text}' and '{tokens[to].Text}' stand too far apart ({gap} words between them, limit {GapMax})";
        }

        if (HasClauseBoundary(from, to, IsVerb(left, from), IsVerb(right, to)))
        {
            return $"'{tokens[from].Text}' and '{tokens[to].Text}' stand in different clauses";
        }

        var isVerbFirst = leftWord > rightWord && IsVerb(left, from) && !right.IsVerb;
        var isInverted = leftWord > rightWord && left.IsTied;
        return isVerbFirst ? VerbFirstObjection(from, to) : ModifierObjection(right, isInverted, (from, to));
    }

    private bool IsVerb(PhraseWord word, int place) => word.IsVerb || WordForms.LooksLikeVerb(tokens[place].Text);

    /// <summary>
    /// A new clause begins between the words: after "and", a comma or a conjunction, with a subject of its own. Not where
    /// the first word itself is being listed ("a part and a box dropped"), nor where a pronoun takes it up ("a part
    /// slipped and it dropped").
    /// </summary>
    private bool HasClauseBoundary(int from, int to, bool isVerbFirst, bool isVerbLast)
    {
        var listEnd = from + 1;
        for (var i = from + 1; i < to; i++)
        {
            var isSeparator = tokens[i].Text is "and" or "," or ";" or "then" || Grammar.ClauseConjunctions.Contains(tokens[i].Text);
            if (!isSeparator)
            {
                continue;
            }

            var next = i + 1;
            while (next < to && !IsClauseWord(next))
            {
                next++;
            }

            var isListing = i == listEnd && !isVerbFirst && !Grammar.ClauseConjunctions.Contains(tokens[i].Text) && tokens[i].Text != ";";
            listEnd = isListing ? NounPhraseEnd(next, to) : listEnd;
            if (!isListing && StartsOwnClause(next, to, !isVerbLast && i > from + 1 && tokens[i].Text is "and" or ","))
            {
                return true;
            }

            i = next - 1;
        }

        return false;
    }

    private bool IsClauseWord(int i) =>
        tokens[i].IsWord && tokens[i].Text is not ("and" or "then") && !Grammar.ClauseConjunctions.Contains(tokens[i].Text);

    private bool StartsOwnClause(int i, int to, bool mayBeObject)
    {
        // "dropped a box and a part": the noun that follows at once is a second object; with a verb of its own, a subject.
        var isObject = mayBeObject && to - i <= 2 && Grammar.Determiners.Contains(tokens[i].Text)
            && !(to + 1 < tokens.Length && Grammar.Auxiliaries.Contains(tokens[to + 1].Text));
        return i < to
            && !isObject
            && !Grammar.Pronouns.Contains(tokens[i].Text)
            && (Grammar.Determiners.Contains(tokens[i].Text) || Grammar.ClauseStarters.Contains(tokens[i].Text));
    }

    /// <summary>Where the next item of a list ends: "a part, a box and a tray".</summary>
    private int NounPhraseEnd(int from, int to)
    {
        var i = from;
        while (i < to && tokens[i].IsWord && !Grammar.Auxiliaries.Contains(tokens[i].Text) && tokens[i].Text is not "and")
        {
            i++;
        }

        return i;
    }

    /// <summary>
    /// "dropped a part" and "dropped red parts", but not "a box dropped near a part" or "dropped a box and picked up a
    /// part", where the noun is not what dropped.
    /// </summary>
    private string? VerbFirstObjection(int verb, int noun)
    {
        for (var i = verb + 1; i < noun; i++)
        {
            var isInverted = Any(i, noun, t => Grammar.Auxiliaries.Contains(t.Text) || t.Text == ":");
            var isOtherVerb = tokens[i].Text is "and" or "then" && (noun - i > 3 || WordForms.LooksLikePast(tokens[i + 1].Text));
            if (!isInverted && (Grammar.Prepositions.Contains(tokens[i].Text) || isOtherVerb))
            {
                return $"'{tokens[noun].Text}' is not what '{tokens[verb].Text}' speaks of ('{tokens[i].Text}' stands between)";
            }
        }

        return null;
    }

    /// <summary>In "a part lies beside a dropped box" the verb describes the box, and in "a box on a red shelf" red the shelf.</summary>
    private string? ModifierObjection(PhraseWord right, bool isInverted, (int From, int To) places)
    {
        var (from, to) = places;
        var isModifier = (isInverted || (right.IsVerb && WordForms.LooksLikeVerb(tokens[to].Text)))
            && to - 1 > from
            && Grammar.Determiners.Contains(tokens[to - 1].Text)
            && to + 1 < tokens.Length
            && Grammar.IsContent(tokens[to + 1])
            && tokens[to + 1].Stem != tokens[from].Stem
            && tokens[to + 1].Text is not ("item" or "object" or "items" or "objects");
        return isModifier ? $"'{tokens[to].Text}' describes '{tokens[to + 1].Text}', not '{tokens[from].Text}'" : null;
    }

    /// <summary>"near the dropped part": whoever says so presupposes that it is there, also after "no one is".</summary>
    private bool IsDefiniteNounPhrase(int[] places)
    {
        var first = places.Min();
        var last = places.Max();
        var isParticiplePhrase = places.Length > 1 && WordForms.LooksLikeVerb(tokens[first].Text) && last - first < NounPhraseLengthMax;
        if (!isParticiplePhrase || Any(first, last + 1, t => !Grammar.IsContent(t)))
        {
            return false;
        }

        // "the dropped part", "the red dropped part"; not "the dropped part is not visible", which denies it afterwards.
        var start = first >= 1 && Grammar.Definite.Contains(tokens[first - 1].Text) ? first - 1
            : first >= 2 && Grammar.Definite.Contains(tokens[first - 2].Text) ? first - 2
            : -1;
        return start >= 0 && !IsDeniedAfterwards(places, last);
    }

    private bool IsDeniedAfterwards(int[] places, int last)
    {
        foreach (var place in places)
        {
            if (denials[place] is { } denial && denial.At > last)
            {
                return true;
            }
        }

        return false;
    }

    private bool Any(int from, int to, Func<Token, bool> condition)
    {
        for (var i = from; i < to; i++)
        {
            if (condition(tokens[i]))
            {
                return true;
            }
        }

        return false;
    }
}
