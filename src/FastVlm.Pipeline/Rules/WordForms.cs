using System.Buffers;
using System.Collections.Frozen;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Tells whether two English words are forms of one: part and parts; drop, drops, dropped and dropping. Works by the
/// regular endings and a table of irregular words; knows no grammar, so "parting" counts as a form of "part", but words
/// that merely begin alike ("partition", "party") do not.
/// </summary>
internal static class WordForms
{
    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    private static readonly FrozenDictionary<string, string> Irregular = new Dictionary<string, string>
    {
        ["fell"] = "fall", ["fallen"] = "fall", ["broke"] = "break", ["broken"] = "break", ["lay"] = "lie", ["lain"] = "lie",
        ["lying"] = "lie", ["lies"] = "lie", ["dies"] = "die", ["ties"] = "tie",
        ["spilt"] = "spill", ["stuck"] = "stick", ["stood"] = "stand", ["sat"] = "sit", ["ran"] = "run",
        ["tore"] = "tear", ["torn"] = "tear", ["bent"] = "bend", ["burnt"] = "burn", ["lit"] = "light", ["caught"] = "catch",
        ["lost"] = "lose", ["went"] = "go", ["gone"] = "go", ["goes"] = "go", ["threw"] = "throw", ["thrown"] = "throw",
        ["blew"] = "blow", ["blown"] = "blow", ["held"] = "hold", ["wore"] = "wear", ["worn"] = "wear", ["hung"] = "hang",
        ["bled"] = "bleed", ["left"] = "leave", ["slid"] = "slide", ["froze"] = "freeze", ["frozen"] = "freeze", ["shook"] = "shake",
        ["came"] = "come", ["took"] = "take", ["taken"] = "take", ["began"] = "begin", ["begun"] = "begin", ["drove"] = "drive",
        ["driven"] = "drive", ["struck"] = "strike", ["dropt"] = "drop", ["people"] = "person", ["persons"] = "person",
        ["men"] = "man", ["women"] = "woman", ["children"] = "child", ["feet"] = "foot", ["knives"] = "knife", ["shelves"] = "shelf",
        ["debris"] = "debris", ["dying"] = "die", ["tying"] = "tie", ["gases"] = "gas",
    }.ToFrozenDictionary();

    /// <summary>Irregular nouns are no verbs; all other irregular forms are.</summary>
    private static readonly FrozenSet<string> IrregularNouns =
        new[] { "people", "persons", "men", "women", "children", "feet", "knives", "shelves", "debris", "gases" }.ToFrozenSet();

    /// <summary>Equal for the forms of one word; lower case in, not a word for people.</summary>
    public static string Stem(string word)
    {
        var stem = Irregular.GetValueOrDefault(word, word);
        return CollapseEnd(StripEnding(stem));
    }

    /// <summary>Looks like a participle or a past tense: says what happens rather than what it happens to.</summary>
    public static bool LooksLikeVerb(string word) =>
        (Irregular.ContainsKey(word) && !IrregularNouns.Contains(word))
        || (word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal) && !word.EndsWith("eed", StringComparison.Ordinal))
        || (word.Length > 5 && word.EndsWith("ing", StringComparison.Ordinal) && HasVowel(word[..^3]));

    private static string StripEnding(string word) => word switch
    {
        { Length: <= 3 } => word,
        _ when word.EndsWith("ies", StringComparison.Ordinal) || word.EndsWith("ied", StringComparison.Ordinal) =>
            word.Length > 4 ? word[..^3] + "y" : word,
        _ when word.EndsWith("ing", StringComparison.Ordinal) => HasVowel(word[..^3]) ? word[..^3] : word,
        _ when word.EndsWith("eed", StringComparison.Ordinal) => word,
        _ when word.EndsWith("ed", StringComparison.Ordinal) => HasVowel(word[..^2]) ? word[..^2] : word,
        _ when EndsInSibilantPlural(word) => word[..^2],
        _ when word.EndsWith('s') && word[^2] is not ('s' or 'u' or 'i') => word[..^1],
        _ => word,
    };

    private static bool EndsInSibilantPlural(string word) =>
        word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("shes", StringComparison.Ordinal)
        || word.EndsWith("ches", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal)
        || word.EndsWith("zes", StringComparison.Ordinal);

    /// <summary>move and mov(ing), drop and dropp(ed), fall and fall(ing): without silent e and doubled consonant.</summary>
    private static string CollapseEnd(string word)
    {
        if (word.Length > 3 && word[^1] == 'e')
        {
            word = word[..^1];
        }

        return word.Length > 3 && word[^1] == word[^2] ? word[..^1] : word;
    }

    private static bool HasVowel(string word) => word.AsSpan().ContainsAny(Vowels);
}
