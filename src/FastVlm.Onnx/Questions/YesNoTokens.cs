using FastVlm.Onnx.Tokens;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Questions;

/// <summary>
/// The tokens with which an answer begins when it says yes or no, in every spelling that the tokenizer has, and the
/// probability of the one against the other.
/// </summary>
internal sealed class YesNoTokens
{
    private static readonly (string Yes, string No)[] Spellings =
        [("Yes", "No"), ("yes", "no"), ("YES", "NO"), (" Yes", " No"), (" yes", " no"), (" YES", " NO")];

    private readonly int[] _yes;
    private readonly int[] _no;

    /// <exception cref="FailureException">The tokenizer begins both words with the same token.</exception>
    public YesNoTokens(Tokenizer tokenizer)
    {
        var all = Spellings.Select(pair => (Yes: tokenizer.Encode(pair.Yes), No: tokenizer.Encode(pair.No))).ToList();
        // A word in pieces begins like others ("Y" of "Yellow"), so spellings that are one token each count alone where
        // there are any. Both words are taken in the same spellings: neither gains by being spelt in more ways.
        var whole = all.Where(pair => pair.Yes.Length == 1 && pair.No.Length == 1).ToList();
        if (whole.Count > 0) all = whole;
        // In pieces, " yes" and " no" may both begin with the blank.
        all.RemoveAll(pair => pair.Yes[0] == pair.No[0]);
        if (all.Count == 0)
        {
            throw new FailureException(
                FailureKind.TokenizerInvalid,
                "The model's tokenizer begins 'yes' and 'no' with the same token, so their probabilities cannot be told apart; "
                    + "use phrase rules with this model.");
        }

        _yes = [.. all.Select(pair => pair.Yes[0]).Distinct()];
        _no = [.. all.Select(pair => pair.No[0]).Distinct()];
    }

    /// <summary>Sum of the probabilities of all spellings of "yes" over that of both words, from one row of scores.</summary>
    public double ProbabilityOfYes(ReadOnlySpan<float> scores)
    {
        var largest = float.NegativeInfinity;
        foreach (var id in _yes) largest = Math.Max(largest, scores[id]);
        foreach (var id in _no) largest = Math.Max(largest, scores[id]);
        var yes = Sum(_yes, scores, largest);
        return yes / (yes + Sum(_no, scores, largest));
    }

    // Less the largest score, so that exp stays in range and the sum of both is at least 1.
    private static double Sum(int[] ids, ReadOnlySpan<float> scores, float largest)
    {
        var sum = 0.0;
        foreach (var id in ids) sum += Math.Exp(scores[id] - largest);
        return sum;
    }
}
