using System.Text;

namespace FastVlm.Storage.Captions;

/// <summary>
/// Turns what people type into a query of the full-text index: words that must all occur, "phrases in quotes", prefix*.
/// Decides only that; whatever is typed, the result is a valid query.
/// </summary>
internal static class SearchQuery
{
    /// <returns>Null where there is no word to look for: any text fits.</returns>
    public static string? From(string? typed, long? camera = null)
    {
        var terms = Terms(typed ?? "").Take(StorageLimits.SearchTermsMax).ToArray();
        if (terms.Length == 0)
        {
            return null;
        }

        var query = $"text : ({string.Join(" AND ", terms)})";
        return camera is { } word ? $"camera : \"{word}\" AND {query}" : query;
    }

    private static IEnumerable<string> Terms(string typed)
    {
        // Every second part lies between quotes; a quote that is never closed reaches to the end.
        var parts = typed.Replace('\0', ' ').Split('"');
        for (var i = 0; i < parts.Length; i++)
        {
            var isPhrase = i % 2 == 1;
            var words = isPhrase ? [parts[i]] : parts[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            foreach (var word in words.Where(HasWord))
            {
                // Inside quotes FTS5 knows no operators; no part has a quote of its own any more.
                yield return !isPhrase && word.EndsWith('*') ? $"\"{word}\" *" : $"\"{word}\"";
            }
        }
    }

    /// <summary>The index knows letters and digits; a term without any would match nothing.</summary>
    private static bool HasWord(string term) => term.EnumerateRunes().Any(Rune.IsLetterOrDigit);
}
