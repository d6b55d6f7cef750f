using System.Numerics.Tensors;

namespace FastVlm.Onnx.Choosing;

/// <summary>
/// Keeps the likeliest unfinished texts, as transformers does with its defaults (length penalty 1, no early stopping):
/// a finished text is judged by its log-probability per token, and the search ends when no unfinished one can do better.
/// Decides only; whoever calls it runs the model.
/// </summary>
internal sealed class BeamSearch
{
    private readonly int _count;
    private readonly HashSet<int> _stopIds;
    private readonly List<(double Score, int[] Ids)> _finished = [];
    private readonly List<(double Score, int Parent, int Id)> _candidates = [];
    private Beam[] _beams;

    public BeamSearch(int count, HashSet<int> stopIds, RepetitionPenalty penalty)
    {
        _count = count;
        _stopIds = stopIds;
        // All beams begin equal, so only the first may be continued at first.
        _beams = [.. Enumerable.Range(0, count).Select(i => new Beam(i == 0 ? 0 : double.NegativeInfinity, [], penalty.Copy()))];
        Parents = [.. Enumerable.Range(0, count)];
        NextIds = new int[count];
    }

    /// <summary>For each beam, the beam of the step before that it continues.</summary>
    public int[] Parents { get; private set; }

    /// <summary>For each beam, the token it was continued with.</summary>
    public int[] NextIds { get; private set; }

    /// <summary>True when the answer can no longer change.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Takes the scores of every beam's next token.</summary>
    /// <param name="scores">One row per beam; changed in place.</param>
    public void Advance(Span<float> scores)
    {
        var vocabulary = scores.Length / _count;
        // Stop tokens may fill the first places; as many again keep every beam going.
        var wanted = Math.Max(2, 1 + _stopIds.Count) * _count;
        _candidates.Clear();
        for (var beam = 0; beam < _count; beam++)
        {
            if (double.IsNegativeInfinity(_beams[beam].Score)) continue;
            var row = scores.Slice(beam * vocabulary, vocabulary);
            LogSoftMax(row);
            _beams[beam].Penalty.Apply(row);
            Offer(beam, row, wanted);
        }

        _candidates.Sort(Better);
        Continue(_candidates.Take(wanted));
    }

    /// <summary>The best text, finished or not, without its stop token, and whether the model ended it.</summary>
    public (int[] Ids, bool Stopped) Best()
    {
        (double Score, int[] Ids, bool Stopped) best = (double.NegativeInfinity, [], IsDone);
        foreach (var (score, ids) in _finished)
        {
            if (score > best.Score) best = (score, ids, true);
        }

        if (IsDone) return (best.Ids, best.Stopped);
        foreach (var beam in _beams.Where(beam => beam.Ids.Length > 0))
        {
            if (beam.Score / beam.Ids.Length > best.Score) best = (beam.Score / beam.Ids.Length, beam.Ids, false);
        }

        return (best.Ids, best.Stopped);
    }

    private void Continue(IEnumerable<(double Score, int Parent, int Id)> ranked)
    {
        List<(double Score, int Parent, int Id)> next = [];
        var rank = 0;
        foreach (var candidate in ranked)
        {
            if (next.Count == _count) break;
            if (!_stopIds.Contains(candidate.Id)) next.Add(candidate);
            else if (rank < _count) Finish(candidate);
            rank++;
        }

        // What the best candidate scores per token stands for what any unfinished text can still reach.
        var attainable = _candidates[0].Score / (_beams[0].Ids.Length + 1);
        IsDone = next.Count == 0 || (_finished.Count == _count && _finished.Min(text => text.Score) >= attainable);
        if (next.Count == 0) return;
        while (next.Count < _count) next.Add((double.NegativeInfinity, next[0].Parent, next[0].Id));
        Parents = [.. next.Select(beam => beam.Parent)];
        NextIds = [.. next.Select(beam => beam.Id)];
        _beams = [.. next.Select(Extend)];
    }

    private Beam Extend((double Score, int Parent, int Id) step)
    {
        var parent = _beams[step.Parent];
        var penalty = parent.Penalty.Copy();
        penalty.Observe(step.Id);
        return new Beam(step.Score, [.. parent.Ids, step.Id], penalty);
    }

    private void Finish((double Score, int Parent, int Id) candidate)
    {
        var ids = _beams[candidate.Parent].Ids;
        _finished.Add((candidate.Score / (ids.Length + 1), ids));
        if (_finished.Count > _count) _finished.Remove(_finished.MinBy(text => text.Score));
    }

    private void Offer(int beam, ReadOnlySpan<float> row, int wanted)
    {
        var best = new PriorityQueue<int, (double Score, int Id)>();
        for (var id = 0; id < row.Length; id++)
        {
            if (best.Count < wanted) best.Enqueue(id, (row[id], -id));
            else best.EnqueueDequeue(id, (row[id], -id));
        }

        while (best.TryDequeue(out var id, out _)) _candidates.Add((_beams[beam].Score + row[id], beam, id));
    }

    private static void LogSoftMax(Span<float> row)
    {
        var largest = TensorPrimitives.Max<float>(row);
        var sum = 0.0;
        foreach (var score in row) sum += Math.Exp(score - largest);
        TensorPrimitives.Subtract(row, (float)(largest + Math.Log(sum)), row);
    }

    private static int Better((double Score, int Parent, int Id) a, (double Score, int Parent, int Id) b)
    {
        if (a.Score != b.Score) return b.Score.CompareTo(a.Score);
        return a.Parent != b.Parent ? a.Parent.CompareTo(b.Parent) : a.Id.CompareTo(b.Id);
    }

    private sealed record Beam(double Score, int[] Ids, RepetitionPenalty Penalty);
}
