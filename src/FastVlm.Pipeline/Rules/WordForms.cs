using System.Buffers;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Tells whether two English words are forms of one: part and parts; drop, drops, dropped and dropping; colour and color.
/// Works by the regular endings and tables of irregular words; knows no grammar, so "parting" counts as a form of "part",
/// but words that merely begin alike ("partition", "party"), or differ in a silent e (pin and pine), do not.
/// </summary>
internal static class WordForms
{
    private const int IseLengthMin = 6;

    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    /// <summary>Equal for the forms of one word; lower case in, not a word for people.</summary>
    public static string Stem(string word)
    {
        var stem = IrregularWords.BaseOf(word) is { } known ? CollapseEnd(known) : StripEnding(word);
        return IrregularWords.Spelling(stem);
    }

    /// <summary>Looks like a participle or a past tense: says what happens rather than what it happens to.</summary>
    public static bool LooksLikeVerb(string word) =>
        IrregularWords.IsVerb(word)
        || (word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal) && !word.EndsWith("eed", StringComparison.Ordinal))
        || (word.Length > 5 && word.EndsWith("ing", StringComparison.Ordinal) && HasVowel(word.AsSpan(0, word.Length - 3)));

    /// <summary>A finite verb or a participle of the past, and no "-ing".</summary>
    public static bool LooksLikePast(string word) => LooksLikeVerb(word) && !word.EndsWith("ing", StringComparison.Ordinal);

    private static string StripEnding(string word) => word switch
    {
        { Length: <= 3 } => word,
        _ when Ends(word, "ies") || Ends(word, "ied") => word.Length > 4 ? word[..^3] + "y" : word,
        _ when Ends(word, "ing") => HasVowel(word.AsSpan(0, word.Length - 3)) ? WithoutVerbEnding(word[..^3]) : word,
        _ when Ends(word, "eed") => word,
        _ when Ends(word, "ed") => HasVowel(word.AsSpan(0, word.Length - 2)) ? WithoutVerbEnding(word[..^2]) : word,
        _ when Ends(word, "sses") || Ends(word, "shes") || Ends(word, "ches") || Ends(word, "xes") => CollapseEnd(word[..^2]),
        _ when Ends(word, "zes") => CollapseEnd(IsShort(word.AsSpan(0, word.Length - 2)) ? word[..^1] : word[..^2]),
        _ when word.EndsWith('s') && word[^2] is not ('s' or 'u' or 'i') => CollapseEnd(word[..^1]),
        _ => CollapseEnd(word),
    };

    /// <summary>
    /// "dropp(ed)" is drop, "tap(ing)" is tape: a short verb that ends in one consonant after one vowel doubles it, so
    /// where it is not doubled, an e was there.
    /// </summary>
    private static string WithoutVerbEnding(string stem) => IsShort(stem) ? stem + "e" : CollapseEnd(stem);

    /// <summary>
    /// machin(e) and machin(ing), fall and fall(ing): without silent e and doubled consonant. In short words the e tells
    /// tape from tap, and stays.
    /// </summary>
    private static string CollapseEnd(string word)
    {
        if (word.Length > 3 && word[^1] == 'e' && !IsShort(word.AsSpan(0, word.Length - 1)))
        {
            word = word[..^1];
        }

        if (word.Length > 3 && word[^1] == word[^2])
        {
            word = word[..^1];
        }

        // pressurise and pressurize, analyse and analyze.
        return word.Length >= IseLengthMin && word[^1] == 's' && word[^2] is ('i' or 'y') ? word[..^1] + "z" : word;
    }

    /// <summary>Consonants, one vowel, one consonant that doubles: "tap", "plan", "smok".</summary>
    private static bool IsShort(ReadOnlySpan<char> word)
    {
        if (word.Length < 2 || Vowels.Contains(word[^1]) || word[^1] is 'w' or 'x' || !Vowels.Contains(word[^2]))
        {
            return false;
        }

        return !word[..^2].ContainsAny(Vowels);
    }

    private static bool Ends(string word, string ending) => word.EndsWith(ending, StringComparison.Ordinal);

    private static bool HasVowel(ReadOnlySpan<char> word) => word.ContainsAny(Vowels);
}
