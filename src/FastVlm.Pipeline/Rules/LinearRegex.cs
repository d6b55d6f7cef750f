using System.Text.RegularExpressions;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Makes regular expressions that are matched in time proportional to the text, whatever the pattern: no backtracking.
/// </summary>
internal static class LinearRegex
{
    private const string Supported = "Look-ahead, look-behind, back-references and atomic groups cannot be matched in linear time.";

    /// <param name="pattern">.NET syntax; letters match in either case.</param>
    /// <param name="fault">What is wrong with it, positions counted within the pattern; null where nothing is.</param>
    public static Regex? TryCreate(string pattern, out ExpressionError? fault)
    {
        fault = Check(pattern);
        if (fault is not null)
        {
            return null;
        }

        try
        {
            var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            if (regex.IsMatch(""))
            {
                fault = new ExpressionError(
                    0, "The regular expression matches the empty text, and with it every caption.", "Ask for at least one character.");
                return null;
            }

            return regex;
        }
        catch (RegexParseException malformed)
        {
            fault = new ExpressionError(
                Math.Clamp(malformed.Offset, 0, pattern.Length),
                $"The regular expression is not well formed ({malformed.Error}).",
                "Put a backslash in front of signs that stand for themselves, as in /1\\.5 bar/.");
        }
        catch (NotSupportedException)
        {
            fault = new ExpressionError(0, "The regular expression uses what this platform does not offer.", Supported);
        }

        return null;
    }

    private static ExpressionError? Check(string pattern)
    {
        if (pattern.Length == 0)
        {
            return new ExpressionError(0, "Nothing stands between the slashes.", "Write a regular expression between them.");
        }

        var size = RegexSize.Of(pattern);
        return size > Limits.RuleRegexSizeMax
            ? new ExpressionError(
                0,
                $"The regular expression grows to {size} positions when its repetitions are written out (limit {Limits.RuleRegexSizeMax}).",
                "Use smaller numbers in {…}, or * and +.")
            : null;
    }
}
