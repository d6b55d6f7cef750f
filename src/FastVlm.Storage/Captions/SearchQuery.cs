namespace FastVlm.Storage.Captions;

/// <summary>
/// Turns what people type into a query of SQLite's full-text index. Decides only that; whatever is typed, the result is a
/// valid query.
/// </summary>
internal static class SearchQuery
{
    /// <returns>Null where there is no word to look for: any text fits.</returns>
    public static string? From(string? typed, long? camera = null)
    {
        // Inside quotes FTS5 knows no operators; no term has a quote of its own any more.
        var terms = SearchTerm.Split(typed ?? "").Select(term => term.IsPrefix ? $"\"{term.Text}\" *" : $"\"{term.Text}\"").ToArray();
        if (terms.Length == 0)
        {
            return null;
        }

        var query = $"text : ({string.Join(" AND ", terms)})";
        return camera is { } word ? $"camera : \"{word}\" AND {query}" : query;
    }
}
