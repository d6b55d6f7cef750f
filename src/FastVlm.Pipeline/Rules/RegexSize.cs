namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Estimates how large a pattern becomes when its counted repetitions are written out, as the matcher does: ten characters
/// like <c>(a{99}){99}</c> would otherwise take all memory. An upper bound for well-formed patterns; others are refused later.
/// </summary>
internal static class RegexSize
{
    /// <summary>Beyond every limit; sums and products stop here instead of overflowing.</summary>
    private const long Huge = 1_000_000_000;

    public static long Of(string pattern)
    {
        // The size of the sequence so far in each open group, and of the last atom in it.
        var open = new Stack<(long Sequence, long Atom)>();
        var (sequence, atom) = (0L, 0L);
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '(':
                    open.Push((sequence + atom, 0));
                    (sequence, atom) = (0, 0);
                    break;
                case ')' when open.Count > 0:
                    var group = sequence + atom;
                    (sequence, _) = open.Pop();
                    atom = Math.Max(1, group);
                    break;
                case '{':
                    atom = Math.Min(Huge, atom * Math.Max(1, Count(pattern, ref i)));
                    break;
                default:
                    sequence = Math.Min(Huge, sequence + atom);
                    atom = 1;
                    i = pattern[i] == '\\' ? i + 1 : i;
                    break;
            }
        }

        while (open.Count > 0)
        {
            sequence += open.Pop().Sequence;
        }

        return Math.Min(Huge, sequence + atom);
    }

    /// <summary>The larger of the numbers in <c>{n,m}</c>, whose end <paramref name="at"/> then names; 0 for a plain brace.</summary>
    private static long Count(string pattern, ref int at)
    {
        var (largest, number, i) = (0L, 0L, at + 1);
        for (; i < pattern.Length && (char.IsAsciiDigit(pattern[i]) || pattern[i] == ','); i++)
        {
            number = pattern[i] == ',' ? 0 : Math.Min(Huge, (number * 10) + pattern[i] - '0');
            largest = Math.Max(largest, number);
        }

        var isCount = i < pattern.Length && pattern[i] == '}' && i > at + 1;
        at = isCount ? i : at;
        return isCount ? largest : 0;
    }
}
