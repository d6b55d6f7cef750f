using FastVlm.Onnx.Graphs;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastVlm.Onnx.Decoding;

/// <summary>What a decoder graph says about itself: widths, types, and the names of its past and present tensors.</summary>
internal sealed class DecoderShape
{
    private const string PastPrefix = "past_key_values.";
    private static readonly string[] KnownInputs = ["inputs_embeds", "attention_mask", "position_ids", "num_logits_to_keep"];

    private readonly long[]? _logitsLimitShape;

    public DecoderShape(GraphSession graph)
    {
        var embeds = graph.Input("inputs_embeds");
        var logits = graph.Output("logits");
        PastNames = [.. graph.Session.InputMetadata.Keys.Where(name => name.StartsWith(PastPrefix, StringComparison.Ordinal))];
        if (PastNames.Count == 0) throw graph.Foreign($"it has no inputs '{PastPrefix}…', so it cannot continue a text");
        foreach (var name in graph.Session.InputMetadata.Keys.Except(PastNames))
        {
            if (!KnownInputs.Contains(name)) throw graph.Foreign($"it asks for the input '{name}', which this program does not know");
        }

        PresentNames = [.. PastNames.Select(name => "present." + name[PastPrefix.Length..])];
        foreach (var name in PresentNames) graph.Output(name);
        var past = graph.Input(PastNames[0]);
        if (past.Dimensions.Length != 4 || past.Dimensions[1] <= 0 || past.Dimensions[3] <= 0)
        {
            throw graph.Foreign($"its '{PastNames[0]}' does not say how many heads it has and how wide they are");
        }

        KeyValueHeads = past.Dimensions[1];
        HeadWidth = past.Dimensions[3];
        PastType = graph.FloatType(past, PastNames[0]);
        EmbeddingType = graph.FloatType(embeds, "inputs_embeds");
        LogitsType = graph.FloatType(logits, "logits");
        Width = embeds.Dimensions[^1];
        Vocabulary = logits.Dimensions[^1];
        if (Width <= 0) throw graph.Foreign("it does not say how wide its embeddings are");
        if (Vocabulary <= 0) throw graph.Foreign("it does not say how many tokens it scores");
        ScoresLastPositionOnly = logits.Dimensions.Length == 3 && logits.Dimensions[1] == 1;
        TakesPositions = graph.HasInput("position_ids");
        _logitsLimitShape = graph.HasInput("num_logits_to_keep") ? new long[graph.Input("num_logits_to_keep").Dimensions.Length] : null;
        _logitsLimitShape?.AsSpan().Fill(1);
    }

    public IReadOnlyList<string> PastNames { get; }

    public IReadOnlyList<string> PresentNames { get; }

    public int KeyValueHeads { get; }

    public int HeadWidth { get; }

    public int Width { get; }

    public int Vocabulary { get; }

    public TensorElementType PastType { get; }

    public TensorElementType EmbeddingType { get; }

    public TensorElementType LogitsType { get; }

    /// <summary>Logits are [b, 1, V] whatever the prompt's length; else [b, s, V].</summary>
    public bool ScoresLastPositionOnly { get; }

    public bool TakesPositions { get; }

    /// <summary>Tells a graph that can be told to score the last position only; null for others.</summary>
    public PinnedTensor? OneLogitsRow()
    {
        if (_logitsLimitShape is null) return null;
        var limit = new PinnedTensor(TensorElementType.Int64, _logitsLimitShape);
        limit.Integers[0] = 1;
        return limit;
    }

    public long[] PastShape(int batch, int length) => [batch, KeyValueHeads, length, HeadWidth];
}
