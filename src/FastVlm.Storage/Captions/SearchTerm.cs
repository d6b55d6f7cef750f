using System.Text;

namespace FastVlm.Storage.Captions;

/// <summary>One of the things that must all occur in a text: a word, a phrase, or the beginning of a word.</summary>
/// <param name="Text">As typed, without quotes; holds at least one letter or digit.</param>
/// <param name="IsPrefix">Its last word may go on.</param>
internal readonly record struct SearchTerm(string Text, bool IsPrefix)
{
    /// <summary>Takes apart what people type: words, "phrases in quotes", prefix*. Every text is allowed.</summary>
    public static IEnumerable<SearchTerm> Split(string typed) => All(typed).Take(StorageLimits.SearchTermsMax);

    private static IEnumerable<SearchTerm> All(string typed)
    {
        // Every second part lies between quotes; a quote that is never closed reaches to the end.
        var parts = typed.Replace('\0', ' ').Split('"');
        for (var i = 0; i < parts.Length; i++)
        {
            var isPhrase = i % 2 == 1;
            var words = isPhrase ? [parts[i]] : parts[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            foreach (var word in words.Where(HasWord))
            {
                yield return new SearchTerm(word, !isPhrase && word.EndsWith('*'));
            }
        }
    }

    /// <summary>The indexes know letters and digits; a term without any would match nothing.</summary>
    private static bool HasWord(string term) => term.EnumerateRunes().Any(Rune.IsLetterOrDigit);
}
