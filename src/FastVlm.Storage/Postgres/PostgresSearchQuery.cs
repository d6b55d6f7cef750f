using FastVlm.Storage.Captions;

namespace FastVlm.Storage.Postgres;

/// <summary>
/// Turns what people type into a query of PostgreSQL's text search, which stems the words. Whatever is typed, the result is
/// valid.
/// </summary>
internal static class PostgresSearchQuery
{
    // The server refuses words of more than 2 KB; what is cut is compared by the camera's own column.
    private const int CameraCharsMax = 256;

    /// <returns>Null where there is no word to look for: any text fits.</returns>
    public static string? From(string? typed)
    {
        var terms = SearchTerm.Split(typed ?? "").Select(ToQuery).OfType<string>().ToArray();
        return terms.Length == 0 ? null : string.Join(" & ", terms);
    }

    /// <summary>The camera as a word of the index: no word of a text begins with this sign.</summary>
    public static string CameraWord(string cameraId) => "@" + cameraId[..Math.Min(cameraId.Length, CameraCharsMax)];

    /// <summary>As the text of a query, which the server takes as it is.</summary>
    public static string QuoteCameraWord(string cameraId) =>
        $"'{CameraWord(cameraId).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string? ToQuery(SearchTerm term)
    {
        // Only letters and digits are left: nothing in them is an operator.
        var words = SearchWords.Split(term.Text);
        return words.Count == 0 ? null : $"({string.Join(" <-> ", words)}{(term.IsPrefix ? ":*" : "")})";
    }
}
