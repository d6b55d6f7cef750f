using FastVlm.Onnx.Devices;
using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Decoding;

/// <summary>
/// The language model on one text: rows of embeddings in, scores of the next token out. Every buffer of a step is bound
/// once; a step changes three numbers and the attention mask. Not safe for concurrent use.
/// </summary>
internal sealed class Decoder : IDisposable
{
    private const string Embeds = "inputs_embeds", Mask = "attention_mask", Positions = "position_ids", Limit = "num_logits_to_keep";

    private readonly GraphSession _graph;
    private readonly KeyValueCache _cache;
    private readonly OrtIoBinding _prefill;
    private readonly OrtIoBinding _step;
    private readonly PinnedTensor _prefillPositions = new(TensorElementType.Int64, 1, 1);
    private readonly PinnedTensor _stepPositions = new(TensorElementType.Int64, 1, 1);
    private readonly PinnedTensor _lastLogits;
    private readonly PinnedTensor? _logitsLimit;
    private readonly AttentionMasks _masks;
    private readonly float[] _scores;
    private bool? _canRewind;

    public Decoder(GraphSession graph, int contextLength, ComputeDevice device, bool? sharesBuffers)
    {
        _graph = graph;
        Shape = new DecoderShape(graph);
        ContextLength = contextLength;
        StepEmbedding = new PinnedTensor(Shape.EmbeddingType, 1, 1, Shape.Width);
        _lastLogits = new PinnedTensor(Shape.LogitsType, 1, 1, Shape.Vocabulary);
        _scores = Shape.LogitsType == TensorElementType.Float16 ? new float[Shape.Vocabulary] : [];
        _masks = new AttentionMasks(contextLength);
        _logitsLimit = Shape.OneLogitsRow();
        SharesBuffers = sharesBuffers ?? SharingTrial.Succeeds(graph, Shape);
        _cache = SharesBuffers
            ? new SharedKeyValueCache(Shape, CacheMemory.AllocatorFor(graph.Session, device), contextLength)
            : new GrowingKeyValueCache(Shape);
        _prefill = graph.Session.CreateIoBinding();
        _step = graph.Session.CreateIoBinding();
        BindConstants();
    }

    public DecoderShape Shape { get; }

    public int ContextLength { get; }

    /// <summary>How many tokens the cache holds.</summary>
    public int Length { get; private set; }

    public bool SharesBuffers { get; }

    /// <summary>
    /// True where rows that follow a past are scored as they are within one whole text, so that <see cref="Rewind"/> saves
    /// computing the past again. Found out by a trial when it is first asked for.
    /// </summary>
    public bool CanRewind => _canRewind ??= RewindTrial.Succeeds(_graph, Shape, SharesBuffers);

    /// <summary>The row that the next <see cref="Step"/> reads.</summary>
    public PinnedTensor StepEmbedding { get; }

    public void Clear()
    {
        _cache.Clear();
        Length = 0;
    }

    /// <summary>Forgets all but the first tokens.</summary>
    /// <param name="length">How many to keep; no more than <see cref="Length"/>.</param>
    public void Rewind(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (length < Length) _cache.Keep(length);
        Length = length;
    }

    /// <summary>Appends rows and scores what follows the last of them.</summary>
    /// <param name="embeddings">[1, rows, width].</param>
    /// <param name="rows">How many.</param>
    /// <param name="run">Terminated to cancel.</param>
    /// <returns>One score per token; valid, and free to change, until the next run.</returns>
    public Span<float> Prefill(PinnedTensor embeddings, int rows, RunOptions run)
    {
        _prefillPositions.Reshape(1, rows);
        for (var i = 0; i < rows; i++) _prefillPositions.Integers[i] = Length + i;
        _prefill.BindInput(Embeds, embeddings.Value);
        if (Shape.TakesPositions) _prefill.BindInput(Positions, _prefillPositions.Value);
        if (!Shape.ScoresLastPositionOnly) LetLogitsFloat();
        return Run(_prefill, rows, boundLogits: Shape.ScoresLastPositionOnly, run);
    }

    /// <summary>Appends <see cref="StepEmbedding"/> and scores what follows it.</summary>
    /// <returns>As <see cref="Prefill"/>.</returns>
    public Span<float> Step(RunOptions run)
    {
        _stepPositions.Integers[0] = Length;
        return Run(_step, 1, boundLogits: true, run);
    }

    /// <summary>Copies the tokens so far into the pasts of several branches that go on from here.</summary>
    public DecoderBranches Branch(int count) => new(_graph, Shape, CopyOfPasts(count), Length);

    public void Dispose()
    {
        _prefill.Dispose();
        _step.Dispose();
        _cache.Dispose();
        _masks.Dispose();
        _prefillPositions.Dispose();
        _stepPositions.Dispose();
        _lastLogits.Dispose();
        _logitsLimit?.Dispose();
        StepEmbedding.Dispose();
        _graph.Dispose();
    }

    private Span<float> Run(OrtIoBinding binding, int rows, bool boundLogits, RunOptions run)
    {
        binding.BindInput(Mask, _masks.OfLength(Length + rows));
        if (_cache.IsFedByOutputs) _cache.Bind(binding);
        _graph.Session.RunWithBinding(run, binding);
        Length += rows;
        if (_cache.IsFedByOutputs || !boundLogits)
        {
            var outputs = binding.GetOutputValues();
            if (!boundLogits) TakeLastRow(outputs[0]);
            outputs[0].Dispose();
            if (!boundLogits) LetLogitsFloat();
            if (_cache.IsFedByOutputs) _cache.Absorb(outputs.Skip(1));
            else foreach (var present in outputs.Skip(1)) present.Dispose();
        }

        if (Shape.LogitsType == TensorElementType.Float) return _lastLogits.Floats;
        FloatValues.CopyTo(_lastLogits.Value, 0, _scores);
        return _scores;
    }

    private void TakeLastRow(OrtValue logits)
    {
        var count = (int)logits.GetTensorTypeAndShape().ElementCount;
        _lastLogits.WriteRaw(0, logits, count - Shape.Vocabulary, Shape.Vocabulary);
    }

    // A binding keeps what a run allocated and offers it to the next, whose prompt has another length; letting go also
    // frees the logits of every position (173 MB for 286 tokens of a public model).
    private void LetLogitsFloat() => _prefill.BindOutputToDevice("logits", OrtMemoryInfo.DefaultInstance);

    // Logits are bound first: outputs come back in the order of binding.
    private void BindConstants()
    {
        if (Shape.ScoresLastPositionOnly) _prefill.BindOutput("logits", _lastLogits.Value);
        else LetLogitsFloat();
        _step.BindOutput("logits", _lastLogits.Value);
        _step.BindInput(Embeds, StepEmbedding.Value);
        if (Shape.TakesPositions) _step.BindInput(Positions, _stepPositions.Value);
        if (_logitsLimit is not null)
        {
            _prefill.BindInput(Limit, _logitsLimit.Value);
            _step.BindInput(Limit, _logitsLimit.Value);
        }

        if (_cache.IsFedByOutputs) return;
        _cache.Bind(_prefill);
        _cache.Bind(_step);
    }

    private List<OrtValue> CopyOfPasts(int count) => [.. Enumerable.Range(0, Shape.PastNames.Count).Select(i =>
    {
        var source = _cache is SharedKeyValueCache shared ? shared[i] : ((GrowingKeyValueCache)_cache)[i];
        var copy = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Shape.PastType, Shape.PastShape(count, Length));
        for (var branch = 0; branch < count; branch++) CacheMemory.CopyRows(source, 0, copy, branch, Length);
        return copy;
    })];
}
