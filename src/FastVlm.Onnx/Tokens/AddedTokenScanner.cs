using System.Buffers;
using System.Globalization;
using System.Text;

namespace FastVlm.Onnx.Tokens;

/// <summary>Finds added tokens: leftmost first, the longest of those that begin at one place.</summary>
internal sealed class AddedTokenScanner
{
    private readonly SearchValues<char> _initials;
    private readonly Dictionary<char, AddedToken[]> _byInitial;

    public AddedTokenScanner(IEnumerable<AddedToken> tokens)
    {
        _byInitial = tokens
            .Where(token => token.Content.Length > 0)
            .GroupBy(token => token.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());
        _initials = SearchValues.Create([.. _byInitial.Keys]);
    }

    /// <summary>Adds the parts of <paramref name="text"/> in order; a part without token is plain text.</summary>
    public void Scan(string text, List<(Range Range, AddedToken? Token)> parts)
    {
        var plainStart = 0;
        var from = 0;
        while (from < text.Length)
        {
            var hit = text.AsSpan(from).IndexOfAny(_initials);
            if (hit < 0) break;
            var start = from + hit;
            if (Match(text, start) is not { } token)
            {
                from = start + 1;
                continue;
            }

            var stop = start + token.Content.Length;
            if (token.StripsLeft) start = Math.Max(plainStart, text.AsSpan(0, start).TrimEnd().Length);
            if (token.StripsRight) stop = text.Length - text.AsSpan(stop).TrimStart().Length;
            if (start > plainStart) parts.Add((plainStart..start, null));
            parts.Add((start..stop, token));
            plainStart = from = stop;
        }

        if (plainStart < text.Length) parts.Add((plainStart..text.Length, null));
    }

    // Only the longest is a candidate: where it fails to stand alone as a word, a shorter one is not tried, as in the
    // reference implementation.
    private AddedToken? Match(string text, int start)
    {
        foreach (var token in _byInitial[text[start]])
        {
            if (!text.AsSpan(start).StartsWith(token.Content, StringComparison.Ordinal)) continue;
            return token.SingleWord && !StandsAlone(text, start, start + token.Content.Length) ? null : token;
        }

        return null;
    }

    private static bool StandsAlone(string text, int start, int stop)
    {
        _ = Rune.DecodeLastFromUtf16(text.AsSpan(0, start), out var before, out var beforeLength);
        _ = Rune.DecodeFromUtf16(text.AsSpan(stop), out var after, out var afterLength);
        return (beforeLength == 0 || !IsWord(before)) && (afterLength == 0 || !IsWord(after));
    }

    private static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune)
        is <= UnicodeCategory.OtherLetter
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
}
