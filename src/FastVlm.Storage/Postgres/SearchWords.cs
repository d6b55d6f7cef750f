using System.Buffers;
using System.Globalization;
using System.Text;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// Takes a text apart into the words that are indexed and searched for: runs of letters and digits, in lower case, without
/// accents. Done here and not by the server, so that no extension and no locale of the server decides what a word is.
/// </summary>
internal static class SearchWords
{
    // The server refuses words of more than 2 KB; the beginning of such a thing is enough to find it by.
    private const int WordCharsMax = 256;

    // The server refuses more than 1 MB of words of one text; no caption is near it.
    private const int TextCharsMax = 100_000;

    /// <summary>Letters of the Latin script with marks, after the letter that they are found as (Unicode's decompositions).</summary>
    private static readonly string[] Marked =
    [
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
        "bḃḅḇ",
        "cçćĉċčḉ",
        "dďḋḍḏḑḓ",
        "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
        "fḟ",
        "gĝğġģǧǵḡ",
        "hĥȟḣḥḧḩḫẖ",
        "iİìíîïĩīĭįǐȉȋḭḯỉị",
        "jĵǰ",
        "kķǩḱḳḵ",
        "lĺļľḷḹḻḽ",
        "mḿṁṃ",
        "nñńņňǹṅṇṉṋ",
        "oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
        "pṕṗ",
        "rŕŗřȑȓṙṛṝṟ",
        "sśŝşšșṡṣṥṧṩ",
        "tţťțṫṭṯṱẗ",
        "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
        "vṽṿ",
        "wŵẁẃẅẇẉẘ",
        "xẋẍ",
        "yýÿŷȳẏẙỳỵỷỹ",
        "zźżžẑẓẕ",
    ];

    private static readonly SearchValues<char> AllMarked = SearchValues.Create(string.Concat(Marked));

    private static readonly Dictionary<char, char> Unmarked =
        Marked.SelectMany(line => line.Select(letter => (letter, line[0]))).ToDictionary();

    /// <summary>The words with spaces between.</summary>
    public static string Join(string text) => string.Join(' ', Split(text));

    public static List<string> Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, TextCharsMax)).EnumerateRunes())
        {
            if (IsOfWord(rune))
            {
                Append(word, Rune.ToLowerInvariant(rune));
            }
            else if (word.Length > 0 && !IsMark(rune))
            {
                End();
            }
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0)
            {
                words.Add(Fold(word.ToString()));
                word.Clear();
            }
        }
    }

    private static bool IsOfWord(Rune rune) => rune.IsAscii
        ? Rune.IsLetterOrDigit(rune)
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>An accent that stands as a character of its own after its letter.</summary>
    private static bool IsMark(Rune rune) => rune.Value is >= 0x300 and <= 0x36F;

    private static void Append(StringBuilder word, Rune rune)
    {
        if (word.Length < WordCharsMax)
        {
            word.Append(rune.ToString());
        }
    }

    private static string Fold(string word) => word.AsSpan().ContainsAny(AllMarked)
        ? string.Concat(word.Select(letter => Unmarked.GetValueOrDefault(letter, letter)))
        : word;
}
