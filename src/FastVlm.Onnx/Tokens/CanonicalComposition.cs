using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FastVlm.Onnx.Tokens;

/// <summary>
/// Unicode normalisation form C. Ours because <c>string.Normalize</c> leaves text as it is where the platform runs
/// without ICU (invariant globalization), and tokens would then differ from the model's training.
/// </summary>
internal static class CanonicalComposition
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28;

    private static readonly Dictionary<int, byte> Classes = [];
    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];

    // One bit per code point below U+20000 that composition may change or move; everything else passes untouched.
    private static readonly BitArray Suspects = new(0x20000);

    static CanonicalComposition() => ReadTable();

    public static string Compose(string text)
    {
        if (!MayChange(text)) return text;
        List<int> points = [];
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, points);
        Reorder(CollectionsMarshal.AsSpan(points));
        return Recompose(points);
    }

    private static bool MayChange(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\u0300', '\uFFFF') < 0) return false;
        foreach (var rune in text.EnumerateRunes())
        {
            // The compatibility ideographs at U+2F800 all decompose.
            if (rune.Value < Suspects.Length ? Suspects[rune.Value] : rune.Value is >= 0x2F800 and < 0x2FA20) return true;
        }

        return false;
    }

    private static void Decompose(int point, List<int> into)
    {
        if (Decompositions.TryGetValue(point, out var sequence))
        {
            into.AddRange(sequence);
            return;
        }

        var syllable = point - HangulBase;
        if (syllable is < 0 or >= LeadCount * VowelCount * TailCount)
        {
            into.Add(point);
            return;
        }

        into.Add(LeadBase + syllable / (VowelCount * TailCount));
        into.Add(VowelBase + syllable / TailCount % VowelCount);
        if (syllable % TailCount != 0) into.Add(TailBase + syllable % TailCount);
    }

    // Runs of marks are sorted by class, stably; runs are short, so insertion wins.
    private static void Reorder(Span<int> points)
    {
        for (var i = 1; i < points.Length; i++)
        {
            var mark = points[i];
            var rank = ClassOf(mark);
            if (rank == 0) continue;
            var j = i;
            for (; j > 0 && ClassOf(points[j - 1]) > rank; j--) points[j] = points[j - 1];
            points[j] = mark;
        }
    }

    private static string Recompose(List<int> points)
    {
        var output = new List<int>(points.Count);
        var starter = -1;
        var lastRank = 0;
        foreach (var point in points)
        {
            var rank = ClassOf(point);
            var blocked = lastRank != 0 && lastRank >= rank;
            if (starter >= 0 && !blocked && TryCompose(output[starter], point, out var composed))
            {
                output[starter] = composed;
                continue;
            }

            if (rank == 0) starter = output.Count;
            lastRank = rank;
            output.Add(point);
        }

        var text = new StringBuilder(output.Count);
        foreach (var point in output) text.Append(new Rune(point).ToString());
        return text.ToString();
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        if (Compositions.TryGetValue((first, second), out composed)) return true;
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
        {
            composed = HangulBase + ((first - LeadBase) * VowelCount + (second - VowelBase)) * TailCount;
            return true;
        }

        var syllable = first - HangulBase;
        if (syllable is >= 0 and < LeadCount * VowelCount * TailCount && syllable % TailCount == 0
            && second is > TailBase and < TailBase + TailCount)
        {
            composed = first + second - TailBase;
            return true;
        }

        return false;
    }

    private static int ClassOf(int point) => Classes.GetValueOrDefault(point);

    private static void ReadTable()
    {
        using var stream = typeof(CanonicalComposition).Assembly.GetManifestResourceStream("nfc.txt")!;
        using var reader = new StreamReader(stream);
        List<int> recomposing = [];
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (fields[0])
            {
                case "c":
                    ReadClass(byte.Parse(fields[1], CultureInfo.InvariantCulture), fields.AsSpan(2));
                    break;
                case "d" or "d*":
                    var point = Hex(fields[1]);
                    Decompositions[point] = [.. fields.Skip(2).Select(Hex)];
                    if (fields[0] == "d*") recomposing.Add(point);
                    else Suspect(point);
                    break;
            }
        }

        var bySequence = recomposing.ToDictionary(SequenceKey);
        foreach (var point in recomposing) AddComposition(point, bySequence);
        for (var jamo = VowelBase; jamo < TailBase + TailCount; jamo++) Suspect(jamo);
    }

    private static void ReadClass(byte rank, ReadOnlySpan<string> runs)
    {
        foreach (var run in runs)
        {
            var dash = run.IndexOf('-', StringComparison.Ordinal);
            var (first, last) = dash < 0 ? (Hex(run), Hex(run)) : (Hex(run[..dash]), Hex(run[(dash + 1)..]));
            for (var point = first; point <= last; point++)
            {
                Classes[point] = rank;
                Suspect(point);
            }
        }
    }

    // A pair is (what the sequence without its last point composes to, that last point).
    private static void AddComposition(int point, Dictionary<string, int> bySequence)
    {
        var sequence = Decompositions[point];
        var first = sequence.Length == 2 ? sequence[0] : bySequence[SequenceKey(sequence[..^1])];
        Compositions[(first, sequence[^1])] = point;
        Suspect(sequence[^1]);
    }

    private static string SequenceKey(int point) => SequenceKey(Decompositions[point]);

    private static string SequenceKey(int[] sequence) => string.Join(' ', sequence);

    private static void Suspect(int point)
    {
        if (point < Suspects.Length) Suspects[point] = true;
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
