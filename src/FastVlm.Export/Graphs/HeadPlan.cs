using FastVlm.Export.Checkpoints;
using FastVlm.Export.Onnx;

namespace FastVlm.Export.Graphs;

/// <summary>
/// The matrix [vocabulary, hidden] that embeds tokens or scores them, and where its bytes are when both graphs use
/// the same. Its float form is stored as it is (Gather reads rows, Gemm multiplies by the transpose), its packed form
/// is what both GatherBlockQuantized and MatMulNBits read.
/// </summary>
internal sealed record HeadPlan(WeightMatrix Weight, bool AllPositions)
{
    /// <summary>The bytes in a file beside the graphs: for floats only Codes is used.</summary>
    public ExternalPacked? Shared { get; init; }

    /// <summary>Scores: [b, s, hidden] → [b, 1 or s, vocabulary], in 32 bits.</summary>
    public GraphValue Apply(GraphBuilder graph, GraphValue hidden)
    {
        var input = AllPositions
            ? hidden
            : graph.Op("head/last", "Gather", hidden.Type, [hidden, graph.Constant(-1)], new NodeAttribute("axis", 1L));
        if (graph.Dtype.PackedBits() is { } bits)
        {
            return graph.PackedProduct("head", input, Weight, bits, Shared);
        }

        var rows = graph.Op("head/rows", "Reshape", input.Type, [input, graph.Constant(-1, Weight.Columns)]);
        var product = graph.Op(
            "head", "Gemm", graph.ProductType, [graph.As(rows, graph.ProductType), FloatMatrix(graph, "head.weight")],
            new NodeAttribute("transB", 1L));
        var scores = graph.As(product, OnnxType.Float);
        if (!AllPositions)
        {
            return graph.Op("head/scores", "Unsqueeze", OnnxType.Float, [scores, graph.Constant(1)]);
        }

        // Batch and sequence are taken back from the hidden states; −1 is the vocabulary.
        var shape = graph.Op("head/shape", "Shape", OnnxType.Int64, [hidden], new NodeAttribute("end", 2L));
        var target = graph.Op("head/target", "Concat", OnnxType.Int64, [shape, graph.Constant(-1)], new NodeAttribute("axis", 0L));
        return graph.Op("head/scores", "Reshape", OnnxType.Float, [scores, target]);
    }

    /// <summary>The embedding graph: input_ids [b, s] → inputs_embeds [b, s, hidden] in 32 bits.</summary>
    public OnnxGraph EmbeddingGraph(ModelDtype dtype)
    {
        var graph = new GraphBuilder("embed_tokens", dtype);
        var ids = graph.Input("input_ids", OnnxType.Int64, "batch_size", "sequence_length");

        // A placeholder's id (the image token may be one past the end) reads some row, which the caller overwrites.
        var lowest = graph.Op("ids/lowest", "Max", OnnxType.Int64, [ids, graph.Scalar(0)]);
        var safe = graph.Op("ids/safe", "Min", OnnxType.Int64, [lowest, graph.Scalar(Weight.Rows - 1)]);
        var rows = dtype.PackedBits() is { } bits ? PackedRows(graph, safe, bits) : FloatRows(graph, safe);
        var embeds = graph.Rename(graph.As(rows, OnnxType.Float), "inputs_embeds");
        graph.Output(embeds, "batch_size", "sequence_length", Weight.Columns);
        return graph.Graph;
    }

    private GraphValue FloatRows(GraphBuilder graph, GraphValue ids) =>
        graph.Op("gather", "Gather", graph.ProductType, [FloatMatrix(graph, "embed_tokens.weight"), ids], new NodeAttribute("axis", 0L));

    private GraphValue PackedRows(GraphBuilder graph, GraphValue ids, int bits)
    {
        var (codes, scales) = graph.Packed("embed_tokens", Weight, bits, Shared);
        var index = graph.Graph.Initializers.FindIndex(i => i.Name == codes.Name);
        var packed = graph.Graph.Initializers[index];
        graph.Graph.Initializers[index] = packed with { Dims = [packed.Dims[0], packed.Dims[1] * packed.Dims[2]] };
        var rows = graph.Op(
            "gather", "GatherBlockQuantized", OnnxType.Float, [codes, ids, scales],
            new NodeAttribute("gather_axis", 0L),
            new NodeAttribute("quantize_axis", 1L),
            new NodeAttribute("block_size", (long)Quantisation.BlockPacking.BlockSize),
            new NodeAttribute("bits", (long)bits));

        // Rows are packed in whole blocks; what the last block has too much is cut off.
        return Weight.Columns % Quantisation.BlockPacking.BlockSize == 0
            ? rows
            : graph.Op("gather/cut", "Slice", OnnxType.Float, [rows, graph.Constant(0), graph.Constant(Weight.Columns), graph.Constant(2)]);
    }

    private GraphValue FloatMatrix(GraphBuilder graph, string name)
    {
        var type = graph.ProductType;
        graph.Graph.Initializers.Add(new Initializer(name, type, [Weight.Rows, Weight.Columns], sink => sink.Rows(Weight, type))
        {
            Source = Weight.Label,
            Shared = Shared?.Codes,
        });
        return new GraphValue(name, type);
    }
}
