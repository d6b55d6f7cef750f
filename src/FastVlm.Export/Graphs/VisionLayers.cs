using FastVlm.Export.Checkpoints;
using FastVlm.Export.Onnx;

namespace FastVlm.Export.Graphs;

/// <summary>The weights of one attention block, layer scale already folded into the output projection.</summary>
internal sealed record AttentionWeights
{
    public required float[] NormWeight { get; init; }

    public required float[] NormBias { get; init; }

    public required WeightMatrix Qkv { get; init; }

    public required float[]? QkvBias { get; init; }

    public required WeightMatrix Proj { get; init; }

    public required float[] ProjBias { get; init; }

    public required int Heads { get; init; }
}

/// <summary>The encoder's layers as operators. Knows how a layer runs fast, not which layers the network has.</summary>
internal sealed class VisionLayers(GraphBuilder graph)
{
    private const float LayerNormEpsilon = 1e-5f;

    public GraphValue Convolution(string path, GraphValue input, ConvolutionKernel kernel, int stride, int groups) =>
        graph.Convolution(path, input, kernel, stride, groups);

    /// <summary>1×1 up, GELU, 1×1 down over NCHW, computed as matrix products over channels-last rows.</summary>
    public GraphValue FeedForward(string path, GraphValue input, WeightMatrix up, float[] upBias, WeightMatrix down, float[] downBias)
    {
        var rows = graph.Transpose($"{path}/nhwc", input, 0, 2, 3, 1);
        rows = graph.LinearGelu($"{path}/fc1", rows, up, upBias);
        rows = graph.Linear($"{path}/fc2", rows, down, downBias);
        return graph.Transpose($"{path}/nchw", rows, 0, 3, 1, 2);
    }

    /// <summary>
    /// 7×7 stride 2, GELU, 1×1, GELU. The 7×7 makes two outputs of each input channel; ONNX Runtime has fast kernels
    /// only for one, so the even and the odd outputs are two depthwise convolutions, and the 1×1's inputs are
    /// reordered to match their concatenation.
    /// </summary>
    public GraphValue DownSampling(string path, GraphValue input, ConvolutionKernel large, int groups, ConvolutionKernel point)
    {
        var multiplier = large.Outputs / groups;
        var parts = new GraphValue[multiplier];
        for (var part = 0; part < multiplier; part++)
        {
            parts[part] = Convolution($"{path}/conv.{part}", input, large.EveryNth(multiplier, part), stride: 2, groups);
        }

        var value = multiplier == 1 ? parts[0] : graph.Op($"{path}/concat", "Concat", input.Type, parts, new NodeAttribute("axis", 1L));
        var rows = graph.Transpose($"{path}/nhwc", graph.Gelu($"{path}/gelu", value), 0, 2, 3, 1);
        var matrix = point.ReorderInputs(groups, multiplier).AsMatrix();
        rows = input.Type == OnnxType.Float
            ? graph.WideLinearGelu($"{path}/point", rows, matrix, point.Bias)
            : graph.LinearGelu($"{path}/point", rows, matrix, point.Bias);
        return graph.Transpose($"{path}/nchw", rows, 0, 3, 1, 2);
    }

    /// <summary>value + proj(MHSA(LayerNorm(value))) over NCHW; normalisation, softmax and sum in the value's 32 bits.</summary>
    public GraphValue Attention(string path, GraphValue value, AttentionWeights weights)
    {
        long channels = weights.NormWeight.Length;
        var tokens = ToTokens($"{path}/tokens", value);
        var norm = graph.Op(
            $"{path}/norm", "LayerNormalization", OnnxType.Float,
            [
                tokens,
                graph.Floats($"{path}/norm.weight", OnnxType.Float, [channels], weights.NormWeight),
                graph.Floats($"{path}/norm.bias", OnnxType.Float, [channels], weights.NormBias),
            ],
            new NodeAttribute("axis", -1L), new NodeAttribute("epsilon", LayerNormEpsilon));
        var qkv = graph.As(graph.Linear($"{path}/qkv", norm, weights.Qkv, weights.QkvBias), OnnxType.Float);
        var parts = graph.Node(
            $"{path}/split", "Split", [qkv.Name, graph.Constant(channels, channels, channels).Name],
            [$"{path}/q", $"{path}/k", $"{path}/v"], [new NodeAttribute("axis", -1L)], OnnxType.Float);
        var mixed = graph.Op(
            $"{path}/attention", "MultiHeadAttention", OnnxType.Float, parts,
            new NodeAttribute("num_heads", (long)weights.Heads));
        var update = graph.Linear($"{path}/proj", mixed, weights.Proj, weights.ProjBias);
        var planes = graph.Transpose($"{path}/planes", graph.As(update, OnnxType.Float), 0, 2, 1);
        var shape = graph.Op($"{path}/shape", "Shape", OnnxType.Int64, [value]);
        return graph.Add($"{path}/attended", value, graph.Op($"{path}/nchw", "Reshape", OnnxType.Float, [planes, shape]));
    }

    /// <summary>value · sigmoid(expand(relu(reduce(mean(value))))): the gate is one number per channel, left in 32 bits.</summary>
    public GraphValue SqueezeExcitation(
        string path, GraphValue value, WeightMatrix reduce, float[] reduceBias, WeightMatrix expand, float[] expandBias)
    {
        var mean = graph.Op($"{path}/mean", "GlobalAveragePool", value.Type, [value]);
        var gate = graph.Op($"{path}/reduce/relu", "Relu", value.Type, [GateConvolution($"{path}/reduce", mean, reduce, reduceBias)]);
        gate = graph.Op($"{path}/expand/sigmoid", "Sigmoid", value.Type, [GateConvolution($"{path}/expand", gate, expand, expandBias)]);
        return graph.Op($"{path}/gate", "Mul", value.Type, [value, gate]);
    }

    /// <summary>[b, C, H, W] → [b, H·W, C], row-major over the picture.</summary>
    public GraphValue ToTokens(string path, GraphValue value) => graph.Transpose(
        $"{path}/transpose",
        graph.Op($"{path}/flatten", "Reshape", value.Type, [value, graph.Constant(0, 0, -1)]),
        0, 2, 1);

    private GraphValue GateConvolution(string path, GraphValue input, WeightMatrix weight, float[] bias) =>
        graph.Convolution(
            path,
            input,
            new ConvolutionKernel(weight.Label, weight.Rows, weight.Columns, 1, weight.ToArray(), bias),
            stride: 1,
            groups: 1);
}
