using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Decoding;

/// <summary>
/// Several continuations of one text, computed as a batch. Before each step every branch may take over another's past,
/// as beam search needs. Copies the pasts at each step: right with any graph, and beams are rare.
/// </summary>
internal sealed class DecoderBranches : IDisposable
{
    private readonly GraphSession _graph;
    private readonly DecoderShape _shape;
    private readonly PinnedTensor _positions;
    private readonly PinnedTensor _mask;
    private readonly PinnedTensor? _logitsLimit;
    private readonly float[] _scores;
    private List<OrtValue> _pasts;
    private int _length;

    public DecoderBranches(GraphSession graph, DecoderShape shape, List<OrtValue> pasts, int length)
    {
        _graph = graph;
        _shape = shape;
        _pasts = pasts;
        _length = length;
        Count = (int)pasts[0].GetTensorTypeAndShape().Shape[0];
        Embeddings = new PinnedTensor(shape.EmbeddingType, Count, 1, shape.Width);
        _positions = new PinnedTensor(TensorElementType.Int64, Count, 1);
        _mask = new PinnedTensor(TensorElementType.Int64, Count, length + 1);
        _scores = new float[Count * shape.Vocabulary];
        _logitsLimit = shape.OneLogitsRow();
    }

    public int Count { get; }

    /// <summary>One row per branch that the next step reads.</summary>
    public PinnedTensor Embeddings { get; }

    /// <summary>Appends one row per branch.</summary>
    /// <param name="parents">The branch whose past each branch continues.</param>
    /// <param name="run">Terminated to cancel.</param>
    /// <returns>The scores of all branches, one after the other; valid until the next step.</returns>
    public Span<float> Step(ReadOnlySpan<int> parents, RunOptions run)
    {
        Reorder(parents);
        _positions.Integers.Fill(_length);
        _mask.Reshape(Count, _length + 1);
        _mask.Integers.Fill(1);
        using var binding = _graph.Session.CreateIoBinding();
        binding.BindOutputToDevice("logits", OrtMemoryInfo.DefaultInstance);
        binding.BindInput("inputs_embeds", Embeddings.Value);
        binding.BindInput("attention_mask", _mask.Value);
        if (_shape.TakesPositions) binding.BindInput("position_ids", _positions.Value);
        if (_logitsLimit is not null) binding.BindInput("num_logits_to_keep", _logitsLimit.Value);
        for (var i = 0; i < _pasts.Count; i++)
        {
            binding.BindInput(_shape.PastNames[i], _pasts[i]);
            binding.BindOutputToDevice(_shape.PresentNames[i], OrtMemoryInfo.DefaultInstance);
        }

        _graph.Session.RunWithBinding(run, binding);
        var outputs = binding.GetOutputValues();
        FloatValues.CopyTo(outputs[0], 0, _scores);
        outputs[0].Dispose();
        Release();
        _pasts = [.. outputs.Skip(1)];
        _length++;
        return _scores;
    }

    public void Dispose()
    {
        Release();
        Embeddings.Dispose();
        _positions.Dispose();
        _mask.Dispose();
        _logitsLimit?.Dispose();
    }

    private void Reorder(ReadOnlySpan<int> parents)
    {
        var inPlace = true;
        for (var i = 0; i < parents.Length; i++) inPlace &= parents[i] == i;
        if (inPlace) return;
        for (var i = 0; i < _pasts.Count; i++)
        {
            var reordered = OrtValue.CreateAllocatedTensorValue(
                OrtAllocator.DefaultInstance, _shape.PastType, _shape.PastShape(Count, _length));
            for (var branch = 0; branch < Count; branch++) CacheMemory.CopyRows(_pasts[i], parents[branch], reordered, branch, _length);
            _pasts[i].Dispose();
            _pasts[i] = reordered;
        }
    }

    private void Release() => _pasts.ForEach(past => past.Dispose());
}
