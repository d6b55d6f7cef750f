namespace FastVlm.Pipeline.Rules;

/// <summary>
/// A text in lower case with plain apostrophes and single spaces, which remembers where each of its characters came from:
/// exact phrases are looked for in it.
/// </summary>
internal sealed class FoldedText
{
    private readonly string folded;
    private readonly int[] origins;

    public FoldedText(string text)
    {
        var characters = new char[text.Length];
        origins = new int[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var character = Fold(text[i]);
            if (character == ' ' && length > 0 && characters[length - 1] == ' ')
            {
                continue;
            }

            characters[length] = character;
            origins[length++] = i;
        }

        folded = new string(characters, 0, length);
    }

    public static string Of(string text) => new FoldedText(text.Trim()).folded;

    /// <summary>Where the next occurrence at or after a folded index stands that no letter or digit touches; null without one.</summary>
    public (TextSpan Span, int Next)? Find(string exact, int from)
    {
        for (var at = from; (at = folded.IndexOf(exact, at, StringComparison.Ordinal)) >= 0; at++)
        {
            var end = at + exact.Length;
            if (!Touches(at - 1, at) && !Touches(end - 1, end))
            {
                return (new TextSpan(origins[at], origins[end - 1] + 1), end);
            }
        }

        return null;
    }

    private static char Fold(char character) => character switch
    {
        '’' or '‘' => '\'',
        _ when char.IsWhiteSpace(character) => ' ',
        _ => char.ToLowerInvariant(character),
    };

    /// <summary>The characters at both indices belong to one word.</summary>
    private bool Touches(int left, int right) =>
        left >= 0 && right < folded.Length && char.IsLetterOrDigit(folded[left]) && char.IsLetterOrDigit(folded[right]);
}

/// <summary>A part of a text in characters; the end is exclusive.</summary>
internal readonly record struct TextSpan(int Start, int End)
{
    public int Length => End - Start;
}
