using System.Numerics.Tensors;
using FastVlm.Pipeline.Captions;

namespace FastVlm.Onnx.Choosing;

/// <summary>Chooses the next token from scores: the best one, or a seeded draw from the nucleus.</summary>
internal sealed class TokenChooser
{
    // Dividing by less would only amplify noise: the best token has all the probability.
    private const double GreedyBelow = 1e-5;

    private readonly double _temperature;
    private readonly double _nucleus;
    private readonly Random _random;
    private readonly RepetitionPenalty _penalty;
    private readonly List<(float Probability, int Id)> _candidates = [];
    private float[] _probabilities = [];

    public TokenChooser(GenerationRequest request, ReadOnlySpan<int> promptIds)
    {
        _temperature = request.Temperature;
        _nucleus = request.TopP ?? 1;
        _random = new Random(request.Seed);
        _penalty = new RepetitionPenalty(request.RepetitionPenalty);
        _penalty.Observe(promptIds);
    }

    /// <summary>Chooses one token and remembers it.</summary>
    /// <param name="scores">Changed in place.</param>
    public int Choose(Span<float> scores)
    {
        _penalty.Apply(scores);
        var id = _temperature < GreedyBelow ? TensorPrimitives.IndexOfMax<float>(scores) : Draw(scores);
        _penalty.Observe(id);
        return id;
    }

    private int Draw(Span<float> scores)
    {
        if (_probabilities.Length < scores.Length) _probabilities = new float[scores.Length];
        var probabilities = _probabilities.AsSpan(0, scores.Length);
        TensorPrimitives.Divide(scores, (float)_temperature, scores);
        // Subtracting the largest keeps exp in range.
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
        TensorPrimitives.Exp<float>(scores, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<float>(probabilities), probabilities);
        return _nucleus >= 1 ? DrawFromAll(probabilities) : DrawFromNucleus(probabilities);
    }

    private int DrawFromAll(ReadOnlySpan<float> probabilities)
    {
        var left = _random.NextDouble();
        for (var id = 0; id < probabilities.Length; id++)
        {
            left -= probabilities[id];
            if (left < 0) return id;
        }

        return TensorPrimitives.IndexOfMax(probabilities);
    }

    // Tokens below (1 - p) / V together weigh less than 1 - p, so none of them is in the nucleus: few are left to sort.
    private int DrawFromNucleus(ReadOnlySpan<float> probabilities)
    {
        var floor = (float)((1 - _nucleus) / probabilities.Length);
        _candidates.Clear();
        for (var id = 0; id < probabilities.Length; id++)
        {
            if (probabilities[id] >= floor) _candidates.Add((probabilities[id], id));
        }

        _candidates.Sort(static (a, b) => b.Probability != a.Probability ? b.Probability.CompareTo(a.Probability) : a.Id.CompareTo(b.Id));
        var total = 0.0;
        var count = 0;
        while (count < _candidates.Count && (count == 0 || total < _nucleus)) total += _candidates[count++].Probability;
        var left = _random.NextDouble() * total;
        for (var i = 0; i < count; i++)
        {
            left -= _candidates[i].Probability;
            if (left < 0) return _candidates[i].Id;
        }

        return _candidates[0].Id;
    }
}
