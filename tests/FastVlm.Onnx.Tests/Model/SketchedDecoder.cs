namespace FastVlm.Onnx.Tests.Model;

/// <summary>
/// Decoders of other making for the golden mini model: they concatenate their past, may have 16-bit edges, and score
/// (rows + mean of rows) × W.
/// </summary>
internal static class SketchedDecoder
{
    private const int Width = 128, Vocabulary = 512, Heads = 2, HeadWidth = 64;

    /// <summary>A copy of the mini model with another decoder.</summary>
    public static string Install(MiniModel mini, TemporaryFolder folder, OnnxSketch decoder)
    {
        var directory = mini.Copy(folder);
        decoder.Save(Path.Combine(directory, "onnx", "decoder_model_merged.onnx"));
        return directory;
    }

    /// <summary>The mean goes over all rows so far: every score depends on the whole past.</summary>
    public static OnnxSketch MixesAllRows(int edge = OnnxSketch.Float) => Sketch(edge, mixed: "present.0.key");

    /// <summary>The mean goes over the rows of one run: rows that follow a past are scored as if there were none.</summary>
    public static OnnxSketch MixesRowsOfOneRun() => Sketch(OnnxSketch.Float, mixed: "new");

    private static OnnxSketch Sketch(int edge, string mixed)
    {
        var random = new Random(3);
        var head = Enumerable.Range(0, Width * Vocabulary).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var sketch = new OnnxSketch()
            .Input("inputs_embeds", edge, -1, -1, Width)
            .Input("attention_mask", OnnxSketch.Int64, -1, -1)
            .Input("past_key_values.0.key", edge, -1, Heads, -1, HeadWidth)
            .Input("past_key_values.0.value", edge, -1, Heads, -1, HeadWidth)
            .Output("logits", edge, -1, -1, Vocabulary)
            .Output("present.0.key", edge, -1, Heads, -1, HeadWidth)
            .Output("present.0.value", edge, -1, Heads, -1, HeadWidth)
            .Constant("split", 0L, 0L, Heads, HeadWidth)
            .Constant("join", -1L, 1L, Width)
            .Constant("head", [Width, Vocabulary], head);
        return sketch
            .Node("Reshape", ["inputs_embeds", "split"], "rows")
            .Node("Transpose", ["rows"], "new", ("perm", new long[] { 0, 2, 1, 3 }))
            .Node("Concat", ["past_key_values.0.key", "new"], "present.0.key", ("axis", 2L))
            .Node("Concat", ["past_key_values.0.value", "new"], "present.0.value", ("axis", 2L))
            .Node("Cast", [mixed], "mixed_rows", ("to", (long)OnnxSketch.Float))
            .Node("ReduceMean", ["mixed_rows"], "mean", ("axes", new long[] { 2 }), ("keepdims", 1L))
            .Node("Reshape", ["mean", "join"], "context")
            .Node("Cast", ["inputs_embeds"], "rows_full", ("to", (long)OnnxSketch.Float))
            .Node("Add", ["rows_full", "context"], "mixed")
            .Node("MatMul", ["mixed", "head"], "scores")
            .Node("Cast", ["scores"], "logits", ("to", (long)edge));
    }
}
