using FastVlm.Export.Checkpoints;
using FastVlm.Export.Onnx;

namespace FastVlm.Export.Graphs;

/// <summary>What shapes and configuration say about the language model.</summary>
internal sealed record DecoderShape
{
    public required int Layers { get; init; }

    public required int Hidden { get; init; }

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadDim { get; init; }

    public static DecoderShape Of(WeightBook weights, ModelConfig config)
    {
        var layers = weights.CountChildren("decoder.layers.");
        if (layers == 0)
        {
            throw weights.Invalid("has no decoder layer (model.layers.0): it is incomplete or not of the FastVLM architecture");
        }

        if (config.Layers is { } promised && promised != layers)
        {
            throw weights.Invalid(
                $"has {layers} decoder layers where its config.json promises {promised}: "
                + "it is incomplete, or the configuration of another model");
        }

        var query = weights.Matrix("decoder.layers.0.self_attn.q_proj.weight");
        var key = weights.Matrix("decoder.layers.0.self_attn.k_proj.weight");
        var headDim = config.HeadDim ?? query.Rows / config.AttentionHeads;
        if (headDim < 2 || headDim % 2 != 0 || headDim * config.AttentionHeads != query.Rows || key.Rows % headDim != 0
            || config.AttentionHeads % (key.Rows / headDim) != 0)
        {
            throw weights.Invalid(
                $"has {query.Rows} query and {key.Rows} key rows, "
                + $"which {config.AttentionHeads} heads of config.json do not divide");
        }

        return new DecoderShape
        {
            Layers = layers,
            Hidden = query.Columns,
            Heads = config.AttentionHeads,
            KeyValueHeads = key.Rows / headDim,
            HeadDim = headDim,
        };
    }
}

/// <summary>
/// The Qwen2 decoder in the public layout: inputs_embeds, attention_mask, position_ids and past keys and values in,
/// logits and present keys and values out. One body for prompt and single tokens. Lengths are taken from the mask, so
/// past and present may be one buffer of fixed size. In fp16 the residual stream and the norms stay in 32 bits.
/// </summary>
internal sealed class DecoderGraph
{
    private readonly WeightBook _weights;
    private readonly ModelConfig _config;
    private readonly DecoderShape _shape;
    private readonly GraphBuilder _graph;

    private DecoderGraph(WeightBook weights, ModelConfig config, ModelDtype dtype)
    {
        _weights = weights;
        _config = config;
        _shape = DecoderShape.Of(weights, config);
        _graph = new GraphBuilder("decoder_model_merged", dtype);
    }

    public static OnnxGraph Build(WeightBook weights, ModelConfig config, ModelDtype dtype, HeadPlan head) =>
        new DecoderGraph(weights, config, dtype).Build(head);

    private OnnxGraph Build(HeadPlan head)
    {
        var residual = _graph.Input("inputs_embeds", OnnxType.Float, "batch_size", "sequence_length", _shape.Hidden);
        var mask = _graph.Input("attention_mask", OnnxType.Int64, "batch_size", "total_sequence_length");
        var positions = _graph.Input("position_ids", OnnxType.Int64, "batch_size", "sequence_length");
        var attention = new AttentionInputs(mask, positions, _graph, _shape, _config);
        GraphValue? update = null;
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            (residual, update) = Layer(layer, residual, update, attention);
        }

        var final = Norm("norm", "decoder.norm.weight", ref residual, update);
        var logits = _graph.Rename(head.Apply(_graph, final), "logits");
        _graph.Output(logits, "batch_size", head.AllPositions ? "sequence_length" : 1, head.Weight.Rows);
        attention.DeclareOutputs();
        return _graph.Graph;
    }

    private (GraphValue Residual, GraphValue Update) Layer(int layer, GraphValue residual, GraphValue? update, AttentionInputs attention)
    {
        var prefix = $"decoder.layers.{layer}";
        var path = $"layers.{layer}";
        var normed = Norm($"{path}/input_norm", $"{prefix}.input_layernorm.weight", ref residual, update);
        var mixed = attention.Apply(layer, QueryKeyValue($"{path}/attn", $"{prefix}.self_attn", normed));
        var output = _weights.Matrix($"{prefix}.self_attn.o_proj.weight", _shape.Hidden, _shape.Heads * _shape.HeadDim);
        var attended = _graph.As(_graph.Linear($"{path}/attn/o_proj", mixed, output), OnnxType.Float);
        normed = Norm($"{path}/post_norm", $"{prefix}.post_attention_layernorm.weight", ref residual, attended);
        return (residual, _graph.As(GatedFeedForward($"{path}/mlp", $"{prefix}.mlp", normed), OnnxType.Float));
    }

    /// <summary>RMS norm of residual + update; the sum becomes the new residual.</summary>
    private GraphValue Norm(string path, string name, ref GraphValue residual, GraphValue? update)
    {
        var weight = _graph.Floats(
            $"{path}.weight",
            OnnxType.Float,
            [_shape.Hidden],
            _weights.Vector(name, _shape.Hidden),
            _weights.DisplayName(name));
        var epsilon = new NodeAttribute("epsilon", _config.RmsNormEpsilon);
        if (update is not { } added)
        {
            return _graph.Op(
                path,
                "SimplifiedLayerNormalization",
                OnnxType.Float,
                [residual, weight],
                new NodeAttribute("axis", -1L),
                epsilon);
        }

        var outputs = _graph.Node(
            path, "SkipSimplifiedLayerNormalization", [residual.Name, added.Name, weight.Name],
            [path, "", "", $"{path}/sum"], [epsilon], OnnxType.Float);
        residual = outputs[3];
        return outputs[0];
    }

    /// <summary>The three projections as one product [q | k | v].</summary>
    private GraphValue QueryKeyValue(string path, string prefix, GraphValue input)
    {
        var queries = _shape.Heads * _shape.HeadDim;
        var keys = _shape.KeyValueHeads * _shape.HeadDim;
        var weight = WeightMatrix.Stack(
            _weights.Matrix($"{prefix}.q_proj.weight", queries, _shape.Hidden),
            _weights.Matrix($"{prefix}.k_proj.weight", keys, _shape.Hidden),
            _weights.Matrix($"{prefix}.v_proj.weight", keys, _shape.Hidden));
        float[]? bias = _weights.Has($"{prefix}.q_proj.bias")
            || _weights.Has($"{prefix}.k_proj.bias")
            || _weights.Has($"{prefix}.v_proj.bias")
            ? [
                .. _weights.Vector($"{prefix}.q_proj.bias", queries),
                .. _weights.Vector($"{prefix}.k_proj.bias", keys),
                .. _weights.Vector($"{prefix}.v_proj.bias", keys),
            ]
            : null;
        return _graph.Linear($"{path}/qkv", input, weight, bias);
    }

    /// <summary>down(silu(gate(x)) · up(x)), gate and up as one product.</summary>
    private GraphValue GatedFeedForward(string path, string prefix, GraphValue input)
    {
        var gate = _weights.Matrix($"{prefix}.gate_proj.weight");
        var up = _weights.Matrix($"{prefix}.up_proj.weight", gate.Rows, _shape.Hidden);
        var down = _weights.Matrix($"{prefix}.down_proj.weight", _shape.Hidden, gate.Rows);
        var both = _graph.Linear($"{path}/gate_up", input, WeightMatrix.Stack(gate, up));
        var parts = _graph.Node(
            $"{path}/split", "Split", [both.Name, _graph.Constant(gate.Rows, gate.Rows).Name],
            [$"{path}/gate", $"{path}/up"], [new NodeAttribute("axis", -1L)], both.Type);
        var sigmoid = _graph.Op($"{path}/sigmoid", "Sigmoid", both.Type, [parts[0]]);
        var silu = _graph.Op($"{path}/silu", "Mul", both.Type, [parts[0], sigmoid]);
        return _graph.Linear($"{path}/down", _graph.Op($"{path}/product", "Mul", both.Type, [silu, parts[1]]), down);
    }
}
