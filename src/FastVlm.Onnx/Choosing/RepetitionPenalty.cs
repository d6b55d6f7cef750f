namespace FastVlm.Onnx.Choosing;

/// <summary>
/// Makes tokens that occurred less likely (Keskar et al. 2019): a positive score is divided by the penalty, a negative
/// one multiplied, once however often the token occurred. Prompt tokens count, as in transformers.
/// </summary>
internal sealed class RepetitionPenalty(double penalty)
{
    private readonly HashSet<int> _seen = [];

    private RepetitionPenalty(double penalty, HashSet<int> seen)
        : this(penalty) => _seen = [.. seen];

    public bool IsOff => penalty == 1;

    public void Observe(ReadOnlySpan<int> ids)
    {
        if (IsOff) return;
        foreach (var id in ids) _seen.Add(id);
    }

    public void Observe(int id)
    {
        if (!IsOff) _seen.Add(id);
    }

    public void Apply(Span<float> scores)
    {
        foreach (var id in _seen)
        {
            // A picture's placeholder may lie beyond the scored tokens.
            if (id < scores.Length) scores[id] = (float)(scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty);
        }
    }

    public RepetitionPenalty Copy() => new(penalty, _seen);
}
