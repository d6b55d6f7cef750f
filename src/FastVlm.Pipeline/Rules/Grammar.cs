using System.Collections.Frozen;

namespace FastVlm.Pipeline.Rules;

/// <summary>The small words of English that the rules look at, by what they do.</summary>
internal static class Grammar
{
    /// <summary>Begin a noun phrase that may start a clause of its own.</summary>
    public static readonly FrozenSet<string> Determiners = Words(
        "a an the this that these those one two three four five six several some many another each every its their his her all both");

    /// <summary>Point at something known to be there: "the dropped part" tells that a part has dropped.</summary>
    public static readonly FrozenSet<string> Definite = Words("the this that these those its their his her");

    /// <summary>Stand for what was named before, or open a clause about it.</summary>
    public static readonly FrozenSet<string> Pronouns = Words("it they which that who he she this these");

    /// <summary>Words that start a clause of its own after "and" or a comma.</summary>
    public static readonly FrozenSet<string> ClauseStarters = Words("there it they he she we i you");

    /// <summary>Join clauses: what stands before them has no say over what follows.</summary>
    public static readonly FrozenSet<string> ClauseConjunctions = Words(
        "but however although though yet except while whereas because where when as since after before until so");

    public static readonly FrozenSet<string> Prepositions = Words(
        "near next beside besides by on onto upon under underneath below behind into in inside from "
        + "at above over across along around through to toward towards with between of off against");

    /// <summary>Carry meaning where no noun follows: "lights off".</summary>
    public static readonly FrozenSet<string> Particles = Words("off on out up down over");

    public static readonly FrozenSet<string> Auxiliaries = Words(
        "is are was were be been being am has have had having do does did will would can could may might "
        + "must shall should isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't");

    /// <summary>After "not": deny that the thing before is there at all ("a dropped part is not visible").</summary>
    public static readonly FrozenSet<string> Presence = Words(
        "visible seen present detected observed found noticed evident apparent there identified spotted shown");

    /// <summary>What "not in the picture" names.</summary>
    public static readonly FrozenSet<string> Views = Words("picture image frame view scene sight photo video");

    /// <summary>Before a plain verb: it has not happened.</summary>
    public static readonly FrozenSet<string> Modals = Words("will would shall should may might could can");

    /// <summary>After "may", "could" or "can": what follows is seen all the same.</summary>
    public static readonly FrozenSet<string> Perception = Words("see find observe notice detect identify spot indicate suggest");

    /// <summary>After a colon: the answer no.</summary>
    public static readonly FrozenSet<string> AnswersNo = Words("no none false zero 0 never negative nothing");

    /// <summary>Placeholders that carry no meaning of their own.</summary>
    private static readonly FrozenSet<string> Fillers = Words(
        "and or then also just now already still there here it they which who that one ones up down out away only very");

    /// <summary>Words that carry meaning; all others may stand between the words of a phrase without counting.</summary>
    public static bool IsContent(Token token) =>
        token.IsWord
        && !Determiners.Contains(token.Text) && !Prepositions.Contains(token.Text) && !Auxiliaries.Contains(token.Text)
        && !Fillers.Contains(token.Text) && !ClauseConjunctions.Contains(token.Text);

    private static FrozenSet<string> Words(string list) => list.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
