using FastVlm.Export.Checkpoints;
using FastVlm.Export.Onnx;
using FastVlm.Export.Quantisation;

namespace FastVlm.Export.Graphs;

/// <summary>
/// Adds operators to a graph. Values carry their type, so that casts appear exactly where 16-bit products meet 32-bit
/// sums. Knows the number format of the weights, not the network.
/// </summary>
internal sealed class GraphBuilder(string name, ModelDtype dtype)
{
    public const string Microsoft = "com.microsoft";

    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);

    public OnnxGraph Graph { get; } = new(name);

    public ModelDtype Dtype => dtype;

    /// <summary>
    /// Lets packed products round their activations to 8 bits. Measured on one core with AVX-512: the 0.5B decoder's
    /// token takes 21 ms instead of 1,360 at 8 bits (ONNX Runtime has no other fast kernel) and 15 instead of 31 at
    /// 4 bits; the 4-bit encoder gains nothing and stays exact.
    /// </summary>
    public bool RoundActivations { get; init; } = true;

    /// <summary>The type of matrix products and their weights: half for fp16, float for everything else.</summary>
    public OnnxType ProductType => dtype == ModelDtype.Fp16 ? OnnxType.Float16 : OnnxType.Float;

    public GraphValue Input(string input, OnnxType type, params Dimension[] shape)
    {
        Graph.Inputs.Add(new GraphPort(input, type, shape));
        return new GraphValue(input, type);
    }

    public void Output(GraphValue value, params Dimension[] shape) => Graph.Outputs.Add(new GraphPort(value.Name, value.Type, shape));

    /// <summary>An operator with one output, which gets the operator's name.</summary>
    public GraphValue Op(string path, string op, OnnxType type, GraphValue[] inputs, params NodeAttribute[] attributes) =>
        Node(path, op, [.. inputs.Select(i => i.Name)], [path], attributes, type)[0];

    /// <summary>An operator with several or oddly typed outputs; an empty name stands for an optional one left out.</summary>
    public GraphValue[] Node(string path, string op, string[] inputs, string[] outputs, NodeAttribute[] attributes, OnnxType type)
    {
        Graph.Nodes.Add(new GraphNode(path, op, MicrosoftOperators.Contains(op) ? Microsoft : "", inputs, outputs, attributes));
        return [.. outputs.Select(o => new GraphValue(o, type))];
    }

    /// <summary>Gives the value that was just computed a name of our choice: a graph output or a landmark.</summary>
    public GraphValue Rename(GraphValue value, string newName)
    {
        var index = Graph.Nodes.FindLastIndex(n => n.Outputs.Contains(value.Name));
        var node = Graph.Nodes[index];
        Graph.Nodes[index] = node with { Outputs = [.. node.Outputs.Select(o => o == value.Name ? newName : o)] };
        for (var i = index + 1; i < Graph.Nodes.Count; i++)
        {
            var later = Graph.Nodes[i];
            Graph.Nodes[i] = later with { Inputs = [.. later.Inputs.Select(x => x == value.Name ? newName : x)] };
        }

        return value with { Name = newName };
    }

    public GraphValue As(GraphValue value, OnnxType type)
    {
        if (value.Type == type)
        {
            return value;
        }

        var path = $"{value.Name}/as_{type.ToString().ToLowerInvariant()}";
        return Graph.Nodes.Exists(n => n.Name == path)
            ? new GraphValue(path, type)
            : Op(path, "Cast", type, [value], new NodeAttribute("to", (long)type));
    }

    /// <summary>A small integer constant, shared by everything that needs the same numbers.</summary>
    public GraphValue Constant(params long[] values) => Integers($"const_{string.Join("_", values)}", [values.Length], values);

    public GraphValue Scalar(long value) => Integers($"scalar_{value}", [], [value]);

    public GraphValue Floats(string path, OnnxType type, long[] dims, float[] values, string? source = null)
    {
        Graph.Initializers.Add(new Initializer(path, type, dims, sink => sink.Floats(values, type)) { Source = source });
        return new GraphValue(path, type);
    }

    /// <summary>x · Wᵀ + bias over the last dimension, in the graph's number format.</summary>
    public GraphValue Linear(string path, GraphValue input, WeightMatrix weight, float[]? bias = null)
    {
        var product = Product(path, As(input, ProductType), weight);
        return bias is null
            ? product
            : Op($"{path}/bias", "Add", ProductType, [product, Floats($"{path}.bias", ProductType, [bias.Length], bias)]);
    }

    /// <summary>GELU(x · Wᵀ + bias) with the exact (erf) GELU.</summary>
    public GraphValue LinearGelu(string path, GraphValue input, WeightMatrix weight, float[] bias)
    {
        var product = Product(path, As(input, ProductType), weight);
        return BiasGelu(path, product, bias);
    }

    /// <summary>
    /// As <see cref="LinearGelu"/>, but computed and summed in 32 bits even when the weights are stored as halves: for
    /// the few products whose results come near the limit of half. The runtime folds the cast of the weights at load.
    /// </summary>
    public GraphValue WideLinearGelu(string path, GraphValue input, WeightMatrix weight, float[] bias)
    {
        if (dtype != ModelDtype.Fp16)
        {
            return LinearGelu(path, input, weight, bias);
        }

        var wide = As(Transposed(path, weight), OnnxType.Float);
        return BiasGelu(path, Op(path, "MatMul", OnnxType.Float, [As(input, OnnxType.Float), wide]), bias);
    }

    /// <summary>A convolution with bias in NCHW, computed in the input's type.</summary>
    public GraphValue Convolution(string path, GraphValue input, ConvolutionKernel kernel, int stride, int groups)
    {
        var weight = Floats(
            $"{path}.weight",
            input.Type,
            [kernel.Outputs, kernel.InputsPerGroup, kernel.Size, kernel.Size],
            kernel.Weight,
            kernel.Label);
        var bias = Floats($"{path}.bias", input.Type, [kernel.Outputs], kernel.Bias);
        long pad = kernel.Size / 2;
        return Op(
            path, "Conv", input.Type, [input, weight, bias],
            new NodeAttribute("kernel_shape", new long[] { kernel.Size, kernel.Size }),
            new NodeAttribute("strides", new long[] { stride, stride }),
            new NodeAttribute("pads", new[] { pad, pad, pad, pad }),
            new NodeAttribute("group", (long)groups));
    }

    public GraphValue Gelu(string path, GraphValue input) => Op(path, "Gelu", input.Type, [input]);

    public GraphValue Transpose(string path, GraphValue input, params long[] order) =>
        Op(path, "Transpose", input.Type, [input], new NodeAttribute("perm", order));

    public GraphValue Add(string path, GraphValue a, GraphValue b) => Op(path, "Add", a.Type, [a, As(b, a.Type)]);

    /// <summary>Codes and scales of a packed matrix as two initializers, computed when the first of them is written.</summary>
    public (GraphValue Codes, GraphValue Scales) Packed(string path, WeightMatrix weight, int bits, ExternalPacked? shared = null)
    {
        PackedMatrix? packed = null;
        long blocks = BlockPacking.BlocksPerRow(weight.Columns);
        Graph.Initializers.Add(new Initializer(
            $"{path}.codes",
            OnnxType.UInt8,
            [weight.Rows, blocks, BlockPacking.BytesPerBlock(bits)],
            sink =>
            {
                packed = BlockPacking.Pack(weight, bits, sink.CancellationToken);
                sink.Bytes(packed.Codes);
            })
        { Source = weight.Label, Shared = shared?.Codes });
        Graph.Initializers.Add(new Initializer($"{path}.scales", OnnxType.Float, [weight.Rows, blocks], sink =>
        {
            sink.Floats(packed!.Scales, OnnxType.Float);
            packed = null;
        })
        { Source = weight.Label, Shared = shared?.Scales });
        return (new GraphValue($"{path}.codes", OnnxType.UInt8), new GraphValue($"{path}.scales", OnnxType.Float));
    }

    /// <summary>x · Wᵀ with packed weights.</summary>
    public GraphValue PackedProduct(string path, GraphValue input, WeightMatrix weight, int bits, ExternalPacked? shared = null)
    {
        var (codes, scales) = Packed(path, weight, bits, shared);
        return Op(
            path, "MatMulNBits", OnnxType.Float, [input, codes, scales],
            new NodeAttribute("K", (long)weight.Columns),
            new NodeAttribute("N", (long)weight.Rows),
            new NodeAttribute("bits", (long)bits),
            new NodeAttribute("block_size", (long)BlockPacking.BlockSize),
            new NodeAttribute("accuracy_level", RoundActivations ? 4L : 0L));
    }

    private GraphValue Product(string path, GraphValue input, WeightMatrix weight)
    {
        if (dtype.PackedBits() is { } bits)
        {
            return PackedProduct(path, input, weight, bits);
        }

        return Op(path, "MatMul", ProductType, [input, Transposed(path, weight)]);
    }

    /// <summary>MatMul wants [inputs, outputs]; checkpoints store [outputs, inputs].</summary>
    private GraphValue Transposed(string path, WeightMatrix weight)
    {
        Graph.Initializers.Add(new Initializer(
            $"{path}.weight", ProductType, [weight.Columns, weight.Rows], sink => sink.Transposed(weight, ProductType))
        { Source = weight.Label });
        return new GraphValue($"{path}.weight", ProductType);
    }

    private GraphValue BiasGelu(string path, GraphValue product, float[] bias) =>
        Op($"{path}/gelu", "BiasGelu", product.Type, [product, Floats($"{path}.bias", product.Type, [bias.Length], bias)]);

    private GraphValue Integers(string path, long[] dims, long[] values)
    {
        if (_constants.Add(path))
        {
            Graph.Initializers.Add(new Initializer(path, OnnxType.Int64, dims, sink => sink.Longs(values)));
        }

        return new GraphValue(path, OnnxType.Int64);
    }

    private static readonly HashSet<string> MicrosoftOperators = new(StringComparer.Ordinal)
    {
        "Gelu", "BiasGelu", "MultiHeadAttention", "GroupQueryAttention", "RotaryEmbedding", "SkipSimplifiedLayerNormalization",
        "MatMulNBits", "GatherBlockQuantized",
    };
}

/// <summary>Where the codes and scales of a packed matrix lie when two graphs share them.</summary>
internal sealed record ExternalPacked(ExternalBytes Codes, ExternalBytes Scales);
