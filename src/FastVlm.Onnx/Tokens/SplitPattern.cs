using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Tokens;

/// <summary>
/// The regular expression with which a tokenizer cuts text into words. Tokenizer files are written for engines that see
/// code points; .NET sees UTF-16 units, for which no half of an emoji or rare ideograph is a letter. So text with
/// astral characters is matched through a shadow that holds, for each code point, one unit of the same general category.
/// </summary>
internal sealed class SplitPattern
{
    private static readonly char[] CategoryStandIns = FindStandIns();

    private readonly Regex _regex;

    public SplitPattern(string pattern)
    {
        try
        {
            _regex = new Regex(pattern, RegexOptions.Compiled | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException refused)
        {
            throw new FailureException(
                FailureKind.TokenizerInvalid,
                $"The tokenizer's split pattern '{pattern}' is not one this program can run ({refused.Message}); "
                    + "only patterns of .NET syntax are.",
                refused);
        }
    }

    /// <summary>Adds the pieces of <paramref name="text"/> in order: the matches and what lies between them.</summary>
    public void Split(ReadOnlySpan<char> text, int offset, List<Range> pieces)
    {
        var end = 0;
        foreach (var match in _regex.EnumerateMatches(text))
        {
            if (match.Length == 0) continue;
            if (match.Index > end) pieces.Add((offset + end)..(offset + match.Index));
            end = match.Index + match.Length;
            pieces.Add((offset + match.Index)..(offset + end));
        }

        if (end < text.Length) pieces.Add((offset + end)..(offset + text.Length));
    }

    /// <summary>One unit per code point of <paramref name="text"/>; <paramref name="starts"/> receives where each begins.</summary>
    public static string Shadow(string text, List<int> starts)
    {
        var shadow = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            starts.Add(i);
            if (Rune.TryGetRuneAt(text, i, out var rune) && !rune.IsBmp)
            {
                shadow.Append(CategoryStandIns[(int)Rune.GetUnicodeCategory(rune)]);
                i += 2;
            }
            else
            {
                shadow.Append(text[i++]);
            }
        }

        starts.Add(text.Length);
        return shadow.ToString();
    }

    public static bool NeedsShadow(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;

    // Beyond Latin-1's controls, so that no pattern names a stand-in literally; categories without one keep U+FFFF.
    private static char[] FindStandIns()
    {
        var standIns = new char[Enum.GetValues<UnicodeCategory>().Length];
        Array.Fill(standIns, '\uFFFF');
        for (var c = '\uFFFE'; c >= '\u00A1'; c--)
        {
            standIns[(int)CharUnicodeInfo.GetUnicodeCategory(c)] = c;
        }

        return standIns;
    }
}
